// read_http2: what comes on an HTTP/2 connection, piece by piece, until it ends. No buffer is held while
// nothing comes. Its loop's thread only.
#pragma once

#include "io/stream.h"
#include "io/turn.h"
#include "slardar/http/message_buffer.h"

namespace hancock::slardar {

/// Each piece goes to `receiver.receive(bytes)`, until the other side has ended or that says false. All three
/// outlive it.
template <class Receiver>
io::Async<void> read_http2(io::Stream& stream, BufferPool& buffers, Receiver& receiver) {
  BufferPool::Borrowed buffer = BufferPool::none();
  io::Turn turn(stream.loop());
  while (true) {
    co_await turn.spent();
    if (!stream.descriptor().maybe_readable()) {
      buffer.reset();
      auto ready = co_await stream.descriptor().ready(io::Direction::kRead);
      if (!ready) co_return;
    }
    if (!buffer) buffer = buffers.take();
    buffer->clear();
    auto count = co_await stream.recv(buffer->room());
    if (!count || *count == 0) co_return;
    buffer->received(*count);
    if (!receiver.receive(buffer->unread())) co_return;
  }
}

}  // namespace hancock::slardar
