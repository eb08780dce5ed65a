// BodySender: writes one message's body to a stream, framed; the other end of FramedBody.
//
// Each send must make progress within `idle`, whatever the whole body's size. Loop's thread only.
#pragma once

#include <string>
#include <string_view>

#include "http/framing.h"
#include "io/async.h"
#include "io/stream.h"

namespace hancock::http {

class BodySender {
 public:
  enum class Muted { kNo, kYes };

  BodySender(io::Stream& stream, Duration idle) : stream_(stream), idle_(idle) {}
  /// A new message. Muted: body bytes are swallowed, as in the answer to a HEAD.
  void begin(Framing framing, Muted muted = Muted::kNo) {
    framing_ = framing;
    left_ = framing.length;
    muted_ = muted == Muted::kYes;
  }

  /// `lead` (a head) goes out in one send with the first bytes of the body, not framed.
  /// Errors: kInvalid (more than the Content-Length, or no body allowed), and the stream's.
  io::Async<Result<void>> write(std::string_view lead, std::string_view bytes, TimePoint deadline);
  /// Ends the body. kInvalid: less was written than the Content-Length.
  io::Async<Result<void>> finish(TimePoint deadline);

 private:
  io::Async<Result<void>> send_piece(std::string_view lead, std::string_view piece, TimePoint deadline);

  io::Stream& stream_;
  Duration idle_;
  Framing framing_;
  uint64_t left_ = 0;  // of a Content-Length
  bool muted_ = false;
  std::string chunk_head_;
};

/// The nearer of `deadline` and `idle` from now.
TimePoint idle_deadline(io::Loop& loop, Duration idle, TimePoint deadline);

}  // namespace hancock::http
