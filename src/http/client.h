// Client: HTTP/1.1 to any address, with keep-alive pools, streamed bodies both ways and deadlines.
//
//   http::Client client(loop);
//   auto answer = co_await client.fetch(peer, {"GET", "/v1/leader"}, "", loop.now() + 2s);
//   if (answer && answer->status == 200) use(answer->body);
//
//   http::RequestHead head("POST", "/v3/watch", {{"Content-Type", "application/json"}});
//   auto call = co_await client.open(peer, head, loop.now() + 5s);  // streaming: a watch
//   co_await (*call)->finish();                                        // no request body
//   auto response = co_await (*call)->response(loop.now() + 5s);
//   http::LineReader lines((*call)->body(), 1 << 20);
//
// Loop's thread only; the client outlives its calls. A pooled connection that turns out to be dead before the
// first byte of an answer is replaced by a fresh one, once, when the request is idempotent or none of it was
// written.
#pragma once

#include <memory>
#include <string>

#include "http/body.h"
#include "http/message.h"
#include "io/address.h"
#include "io/loop.h"

namespace hancock::http {

struct ClientOptions {
  Duration connect = 1s;
  Duration idle = 4s;            // pooled connections older than this are not reused
  size_t idle_per_address = 16;  // more are closed
  size_t head_bytes = 32 << 10;
};

/// A whole answer.
struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
};

/// One streamed request and its answer. Destroying it before the answer's end closes the connection.
class Call {
 public:
  virtual ~Call() = default;
  virtual io::Async<Result<void>> write(std::string_view bytes, TimePoint deadline) = 0;
  /// Ends the request body; also for a request without one.
  virtual io::Async<Result<void>> finish(TimePoint deadline = kForever) = 0;
  /// The head of the answer. 1xx answers are skipped. The reference lives as long as the call.
  virtual io::Async<Result<const ResponseHead*>> response(TimePoint deadline) = 0;
  virtual BodyReader& body() = 0;
  /// Makes waiting and later calls fail with kCancelled: from another coroutine on the same loop.
  virtual void abort() = 0;
};

class Client {
 public:
  explicit Client(io::Loop& loop, ClientOptions options = {});
  ~Client();

  /// Sends `body` with a Content-Length (none for an empty GET, HEAD or DELETE) and reads the whole answer,
  /// at most `limit_bytes`. Host is filled in when missing. Errors: kUnavailable, kTimeout, kClosed, kInvalid
  /// (not HTTP), kTooLarge.
  io::Async<Result<Answer>> fetch(io::Address peer, RequestHead request, std::string body, TimePoint deadline,
                                  size_t limit_bytes = 64 << 20);

  /// Connects and sends the head; chunked unless it holds a Content-Length or the method has no body.
  io::Async<Result<std::unique_ptr<Call>>> open(io::Address peer, RequestHead request, TimePoint deadline);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hancock::http
