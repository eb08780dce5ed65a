#include "slardar/linger.h"

namespace hancock::slardar {

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
