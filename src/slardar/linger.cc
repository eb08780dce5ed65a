#include "slardar/linger.h"

namespace hancock::slardar {

io::Async<void> say_draining(WorkerParts& worker, std::unique_ptr<io::Stream> stream, TimePoint deadline) {
  constexpr std::string_view kDraining =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nX-Slardar-Error: draining\r\n"
      "Connection: close\r\n\r\n";
  ++worker.counters.errors[static_cast<size_t>(Failure::kDraining)];
  auto sent = co_await stream->send(kDraining, deadline);
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
