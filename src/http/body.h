// Bodies: streamed both ways with back-pressure, framed by Content-Length or chunks.
//
// A reader pulls, so a slow consumer stops the sender; a writer waits until the bytes are with the kernel.
// Loop's thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "io/async.h"

namespace hancock::http {

class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// The next piece; "" at the end. Valid until the next call.
  /// Errors: kTimeout, kClosed (the peer went away inside the body), kInvalid (broken chunks), kCancelled.
  virtual io::Async<Result<std::string_view>> read(TimePoint deadline) = 0;
};

/// Everything up to the end; kTooLarge past `limit_bytes`.
io::Async<Result<std::string>> read_all(BodyReader& body, size_t limit_bytes, TimePoint deadline);

/// Yields complete lines of a streamed body, without the line end: NDJSON, server-sent events.
class LineReader {
 public:
  LineReader(BodyReader& body, size_t line_limit_bytes) : body_(body), limit_bytes_(line_limit_bytes) {}
  /// nullopt at the end of the body; a last line without an end counts as one.
  io::Async<Result<std::optional<std::string>>> next(TimePoint deadline);

 private:
  BodyReader& body_;
  size_t limit_bytes_;
  std::string pending_;
  size_t begin_ = 0;     // of the next line in pending_
  size_t searched_ = 0;  // no line end before this
  bool ended_ = false;
};

}  // namespace hancock::http
