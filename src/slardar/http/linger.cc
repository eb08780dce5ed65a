#include "slardar/http/linger.h"

#include <fmt/format.h>

namespace hancock::slardar {

io::Async<void> say_draining(WorkerParts& worker, std::unique_ptr<io::Stream> stream, TimePoint deadline) {
  const std::string answer = fmt::format(
      "HTTP/1.1 503 {}\r\nX-Slardar-Error: draining\r\nDate: {}\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n",
      http::reason_phrase(503), worker.date.at(worker.loop.now()));
  auto sent = co_await stream->send(answer, deadline);
  if (sent) co_await end_and_read_out(worker, *stream, deadline);
}

io::Async<void> end_and_read_out(WorkerParts& worker, io::Stream& stream, TimePoint deadline) {
  stream.shutdown_write();
  const BufferPool::Borrowed buffer = worker.buffers.take();
  while (true) {
    buffer->clear();
    auto count = co_await stream.recv(buffer->room(), deadline);
    if (!count || *count == 0) co_return;
  }
}

}  // namespace hancock::slardar
