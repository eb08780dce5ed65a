#include "slardar/tcp/proxy_reading.h"

namespace hancock::slardar {

io::Async<Result<ProxiedPeers>> read_proxy_header(io::Stream& stream, TimePoint deadline) {
  ProxyHeaderReader reader;
  std::array<char, 256> room;
  while (reader.wants() > 0) {
    const std::span<char> wanted(room.data(), std::min(room.size(), reader.wants()));
    auto count = co_await stream.recv(wanted, deadline);
    if (!count) co_return forward_error(count);
    if (*count == 0) co_return fail(ErrorCode::kClosed, "PROXY header: the connection ended");
    auto took = reader.take({room.data(), *count});
    if (!took) co_return forward_error(took);
  }
  co_return reader.peers();
}

}  // namespace hancock::slardar
