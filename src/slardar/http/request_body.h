// RequestBody: a visitor's request body on its way to the peers, as it comes, whatever protocol he speaks;
// HttpBody is HTTP/1's.
//
// Its bytes are those of an HTTP/1 message: checked, and with chunk framing where the head says chunked. What
// was there with the head stays; what is read later is kept too while the whole is at most kKeptMax, so that
// the request can be sent again. Worker's thread only; lives as long as its request.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "io/async.h"

namespace hancock::slardar {

class RequestBody {
 public:
  static constexpr size_t kKeptMax = 64 << 10;
  virtual ~RequestBody() = default;

  /// Takes the part of the body that came with the head. False: it is broken.
  virtual bool begin() = 0;
  /// All of it has been read from the visitor.
  virtual bool complete() const = 0;
  /// So much of it has come, without chunk framing.
  virtual uint64_t data_bytes() const = 0;
  /// The next bytes; "" at the end. Valid until the next call, which tells the visitor's side that they are
  /// not needed any more. Errors as recv's, and kClosed when the visitor went away, kInvalid for broken
  /// chunks.
  virtual io::Async<Result<std::string_view>> next(TimePoint deadline) = 0;

  /// What came with the head, and what was read since and kept: a try begins by sending these.
  std::string_view first() const { return first_; }
  std::string_view kept() const { return kept_; }
  /// Nothing that was read has been let go.
  bool replayable() const { return replayable_; }

 protected:
  /// `bytes` stay where they are to the end.
  void set_first(std::string_view bytes) {
    first_ = bytes;
    replayable_ = bytes.size() <= kKeptMax || complete();
  }
  void keep(std::string_view bytes);

 private:
  std::string_view first_;
  std::string kept_;
  bool replayable_ = true;
};

}  // namespace hancock::slardar
