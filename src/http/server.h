// Server: HTTP/1.1 for APIs: keep-alive, pipelining in order, streamed bodies both ways, strict framing.
//
//   http::Server server(loop, [&](http::Exchange& exchange) -> io::Async<void> {
//     co_await exchange.respond({200, "hello\n"});
//   });
//   auto address = server.listen(*io::Address::parse("127.0.0.1:0"));
//   …
//   co_await server.close(loop.now() + 5s);
//
// Loop's thread only. A request that breaks RFC 9112 (docs/http.md lists how strictly) never reaches the
// handler: it gets a 400 and the connection ends. The gateway's data path does not use this class, only what
// is below it.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "http/body.h"
#include "http/message.h"
#include "io/address.h"
#include "io/loop.h"

namespace hancock::http {

struct ServerLimits {
  size_t head_bytes = 32 << 10;
  size_t target_bytes = 8 << 10;
  size_t headers = 100;
  size_t connections = 10'000;  // more are closed at once
  Duration head = 10s;          // from the first byte of a head to its end
  Duration idle = 75s;          // keep-alive between requests
  Duration body_idle = 30s;     // between two pieces of a request body
  Duration send_idle = 30s;     // a client that does not read
};

struct Response {
  Response() = default;
  Response(int status_code, std::string content = {}, Headers fields = {})
      : status(status_code), headers(std::move(fields)), body(std::move(content)) {}

  int status = 200;
  Headers headers;
  std::string body;
};

/// One request and its answer. Lives as long as the handler's coroutine.
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const RequestHead& request() const = 0;
  virtual BodyReader& body() = 0;
  virtual io::Address peer() const = 0;
  virtual io::Loop& loop() = 0;
  /// Requested when the server closes or the client has gone: long answers (watches) end then.
  virtual std::stop_token stopping() const = 0;

  /// The whole answer at once, with Content-Length. A handler that answers nothing makes a 500.
  virtual io::Async<Result<void>> respond(Response response) = 0;

  /// A streamed answer: start, then write as often as wanted, then finish. Chunked unless the headers hold a
  /// Content-Length. A failed write means that the client is gone: stop. A handler that returns without
  /// finish() cuts the connection, so that the client sees an incomplete answer.
  virtual io::Async<Result<void>> start(ResponseHead head) = 0;
  virtual io::Async<Result<void>> write(std::string_view bytes) = 0;
  virtual io::Async<Result<void>> finish() = 0;
};

using Handler = std::function<io::Async<void>(Exchange&)>;

class Server {
 public:
  Server(io::Loop& loop, Handler handler, ServerLimits limits = {});
  /// close() has been awaited, or nothing was ever listened to.
  ~Server();

  /// Starts to serve there; may be called for several addresses. Gives the bound address.
  Result<io::Address> listen(io::Address address);
  /// The same on a socket that listens already.
  io::Address adopt(UniqueFd listening);
  /// What it listens on.
  std::vector<int> sockets() const;

  /// Stops accepting, asks handlers to stop, waits for them until `deadline`, then cuts what is left: a
  /// handler that did not end is destroyed where it waits. Not from inside a handler.
  io::Async<void> close(TimePoint deadline);

  size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hancock::http
