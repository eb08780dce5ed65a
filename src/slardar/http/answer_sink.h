// AnswerSink: where a request's answer goes: the visitor's connection, as the exchange sees it whatever
// protocol he speaks. HttpSink is HTTP/1's. The other half of his side is the RequestBody.
//
// A call that waits has sent, or handed to somebody who needs no memory of the caller's, all that it was
// given when it returns, so a visitor who reads slowly stops whoever answers him. Worker's thread only; lives
// as long as its request.
#pragma once

#include <sys/uio.h>

#include <span>

#include "base/clock.h"
#include "io/async.h"
#include "slardar/http/forward_head.h"

namespace hancock::slardar {

struct Request;
class UpstreamTry;

/// What becomes of the visitor's connection.
enum class After {
  kKeepAlive,
  kClose,
  kLinger,  // close, but read what the visitor still sends for a moment, so that the answer is not lost
};

/// A piece of an answer's body, gathered.
struct BodyPiece {
  std::span<iovec> parts;
  bool is_last = false;
  std::span<const http::FieldView> trailers;  // of the last one, unless they stand in `parts`
};

/// Its length is the sink's to say.
struct OwnAnswer {
  int status = 0;
  std::span<const http::FieldView> fields;
  std::string_view body;
};

class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  /// Nothing is sent after that.
  void end_at(TimePoint over_at) { over_at_ = over_at; }

  /// A body without a length comes in chunks, trailers among them; otherwise it is its data alone.
  virtual bool takes_chunks() const = 0;

  // Each gives false when the visitor has gone, or takes nothing for Timeouts::kSendIdle.
  /// An interim answer, but 101.
  virtual io::Async<bool> send_interim(const http::ResponseView& head) = 0;
  /// The final head and the body's first piece. parts[0] is left free for the sink.
  virtual io::Async<bool> send_head(const http::ResponseView& head, const ResponseForward& how,
                                    BodyPiece first) = 0;
  virtual io::Async<bool> send_body(BodyPiece piece) = 0;
  /// An answer of the gateway's own to `asked`.
  virtual io::Async<bool> send_own(const http::RequestView& asked, const OwnAnswer& answer, After after) = 0;

  /// What a cut is called in HTTP/2 (RST_STREAM): INTERNAL_ERROR unless the peer said what tells more.
  void reset_with(uint32_t code) { reset_code_ = code; }
  /// The answer ends here though it is not whole, and the visitor can tell.
  virtual void cut() = 0;
  /// Joins visitor and peer after a 101 until both have ended.
  virtual io::Async<void> switch_protocols(Request& request, UpstreamTry& peer) = 0;

  uint64_t sent_bytes() const { return sent_bytes_; }

 protected:
  TimePoint over_at() const { return over_at_; }
  uint32_t reset_code() const { return reset_code_; }
  void count(uint64_t bytes) { sent_bytes_ += bytes; }

 private:
  TimePoint over_at_ = kForever;
  uint64_t sent_bytes_ = 0;
  uint32_t reset_code_ = 2;  // NGHTTP2_INTERNAL_ERROR
};

}  // namespace hancock::slardar
