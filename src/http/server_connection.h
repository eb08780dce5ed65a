// ServerConnection: serves the requests of one connection, one after the other.
//
// Owned by the coroutine that runs it. Loop's thread only.
#pragma once

#include <memory>

#include "http/head_parser.h"
#include "http/read_buffer.h"
#include "http/server.h"

namespace hancock::http {

class ServerExchange;

class ServerConnection {
 public:
  ServerConnection(std::unique_ptr<io::Stream> stream, io::Address peer, const Handler& handler,
                   const ServerLimits& limits);

  /// Until either side ends the connection.
  io::Async<void> run();

  /// The server ends: no further request after the present one. May end run() and this object at once.
  void begin_close();

 private:
  io::Async<bool> read_head();
  io::Async<bool> serve_one();
  io::Async<void> refuse(ParseError error);
  io::Async<void> linger();

  std::unique_ptr<io::Stream> stream_;
  io::Address peer_;
  const Handler& handler_;
  const ServerLimits& limits_;
  ReadBuffer buffer_;
  HeadParser parser_;
  RequestView head_;
  ServerExchange* exchange_ = nullptr;  // while the handler runs
  bool idle_ = true;                    // between two requests
  bool unread_ = false;                 // the last request's body was not read to its end
  bool closing_ = false;
};

}  // namespace hancock::http
