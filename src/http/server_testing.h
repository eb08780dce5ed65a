// ServerTest: a Server on a loop of its own, and clients that send it bytes. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "http/server.h"
#include "io/tcp.h"

namespace hancock::http {

inline const std::string kClose = "Connection: close\r\n";

inline std::string get(const std::string& target, const std::string& lines = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}
inline std::string post(const std::string& body, const std::string& lines = "") {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + lines +
         "\r\n" + body;
}

inline io::Async<std::string> read_to_end(io::Stream& stream) {
  std::string all;
  std::vector<char> buffer(65536);
  while (true) {
    auto n = co_await stream.recv(buffer, stream.loop().now() + 20s);
    if (!n) co_return all + "<" + std::string(to_string(n.error().code)) + ">";
    if (*n == 0) co_return all;
    all.append(buffer.data(), *n);
  }
}

/// Sends `pieces` one after the other and gives all that comes back until the server closes.
inline io::Async<std::string> talk(io::Loop& loop, io::Address server, std::vector<std::string> pieces) {
  auto stream = *co_await io::connect(loop, server, loop.now() + 5s);
  for (const std::string& piece : pieces) {
    auto sent = co_await stream->send(piece, loop.now() + 20s);
    if (!sent) break;
  }
  co_return co_await read_to_end(*stream);
}

inline std::string without_date(std::string text) {
  const std::string sample = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  for (size_t at = 0; (at = text.find("Date: ", at)) != std::string::npos;) text.erase(at, sample.size());
  return text;
}

class ServerTest : public testing::Test {
 protected:
  io::Address start(Handler handler) {
    server_.emplace(loop_, std::move(handler), limits_);
    return *server_->listen(*io::Address::parse("127.0.0.1:0"));
  }
  ~ServerTest() override {
    if (server_) loop_.block_on(server_->close(loop_.now() + 5s));
  }
  // What a client that sends `pieces` reads, without Date fields.
  std::string said(const Handler& handler, std::vector<std::string> pieces) {
    const io::Address address = start(handler);
    return without_date(loop_.block_on(talk(loop_, address, std::move(pieces))));
  }

  io::Loop loop_;
  ServerLimits limits_;
  std::optional<Server> server_;
};

inline io::Async<void> echo_target(Exchange& exchange) {
  co_await exchange.respond({200, exchange.request().target});
}

}  // namespace hancock::http
