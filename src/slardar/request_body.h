// RequestBody: a visitor's request body on its way to the peers, checked and passed on as it came.
//
// What came with the head stays in the head's buffer; what is read later is kept too while the whole is at
// most kKeptMax, so that the request can be sent again. Worker's thread only; lives as long as its request.
#pragma once

#include <string>

#include "io/stream.h"
#include "slardar/body_scanner.h"
#include "slardar/message_buffer.h"

namespace hancock::slardar {

class RequestBody {
 public:
  static constexpr size_t kKeptMax = 64 << 10;

  RequestBody(io::Stream& visitor, BufferPool& buffers) : visitor_(visitor), buffers_(buffers) {}

  /// Takes the part of the body that is in `head` behind the head. False: broken chunks.
  bool begin(const http::Framing& framing, MessageBuffer& head);

  /// All of it has been read from the visitor.
  bool complete() const { return scanner_.done(); }
  bool empty() const { return first_.empty() && complete(); }
  /// What came with the head, and what was read since and kept: a try begins by sending these.
  std::string_view first() const { return first_; }
  std::string_view kept() const { return kept_; }
  /// Nothing that was read has been let go.
  bool replayable() const { return replayable_; }

  /// The next bytes, with their chunk framing; "" at the end. Valid until the next call. Errors as recv's,
  /// and kClosed when the visitor went away, kInvalid for broken chunks.
  io::Async<Result<std::string_view>> next(TimePoint deadline);

  /// Hands what was received behind the body back to `head`, which has been consumed.
  void give_back(MessageBuffer& head);

 private:
  void keep(std::string_view bytes);

  io::Stream& visitor_;
  BufferPool& buffers_;
  BodyScanner scanner_;
  std::string_view first_;  // in the head's buffer
  std::string kept_;
  bool replayable_ = true;
  BufferPool::Borrowed more_ = BufferPool::none();
};

}  // namespace hancock::slardar
