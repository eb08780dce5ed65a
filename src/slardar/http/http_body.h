// HttpBody: a request body on an HTTP/1 connection, checked and passed on as it came. Its first part stays in
// the head's buffer. Worker's thread only; lives as long as its request.
#pragma once

#include "io/stream.h"
#include "slardar/http/body_scanner.h"
#include "slardar/http/message_buffer.h"
#include "slardar/http/request_body.h"

namespace hancock::slardar {

class HttpBody final : public RequestBody {
 public:
  /// `head` holds the head, parsed and consumed, and what came behind it.
  HttpBody(io::Stream& visitor, BufferPool& buffers, BufferPool::Borrowed& head)
      : visitor_(visitor), buffers_(buffers), head_(head) {}

  bool begin() override;
  bool complete() const override { return scanner_.done(); }
  uint64_t data_bytes() const override { return scanner_.data_bytes(); }
  io::Async<Result<std::string_view>> next(TimePoint deadline) override;

  /// The head's buffer, which has been consumed, becomes the one with what was received behind the body.
  void give_back();

 private:
  io::Stream& visitor_;
  BufferPool& buffers_;
  BufferPool::Borrowed& head_;
  BodyScanner scanner_;
  BufferPool::Borrowed more_ = BufferPool::none();
};

}  // namespace hancock::slardar
