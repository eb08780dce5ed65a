#include "io/keep_alive.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace hancock::io {

void keep_alive(Stream& stream, Duration silent) {
  // Half of the time without a question, then three in the other half.
  const auto seconds = static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(silent).count());
  const int on = 1;
  const int probes = 3;
  const int idle = std::max(seconds / 2, 1);
  const int between = std::max((seconds - idle) / probes, 1);
  const int fd = stream.descriptor().fd();
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof between);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

}  // namespace hancock::io
