// Visitors and peers for tests: both ends of a gateway, on loopback.
//
// Visitor's calls run the loop until they have their result; peers live on the same loop. One thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/server.h"
#include "io/scope.h"
#include "io/tcp.h"

namespace hancock::slardar::testing {

/// What nobody should ever have to wait for.
inline constexpr Duration kPatience = 20s;

/// A visitor's connection, byte by byte.
class Visitor {
 public:
  Visitor(io::Loop& loop, const io::Address& address);
  Visitor(io::Loop& loop, std::unique_ptr<io::Stream> stream) : loop_(loop), stream_(std::move(stream)) {}
  void send(std::string_view bytes);
  /// The next answer; status 0 when the connection ended before it was whole.
  http::Answer answer(std::string_view method = "GET");
  /// Everything until the other side ends.
  std::string rest();
  /// At least `bytes` more.
  std::string some(size_t bytes);
  /// The other side has cut it, instead of ending it.
  bool was_reset() const { return was_reset_; }
  void end() { stream_->shutdown_write(); }
  void close() { stream_.reset(); }

 private:
  bool receive();
  io::Loop& loop_;
  std::unique_ptr<io::Stream> stream_;
  std::string input_;
  bool was_reset_ = false;
};

/// An HTTP peer.
class HttpPeer {
 public:
  using Answer = std::function<http::Response(const http::RequestHead&, const std::string& body)>;
  HttpPeer(io::Loop& loop, Answer answer);
  ~HttpPeer();
  uint16_t port() const { return address_.port(); }
  size_t connections() const { return server_.connections(); }
  int requests() const { return requests_; }
  const http::RequestHead& last() const { return last_; }

 private:
  io::Async<void> handle(http::Exchange& exchange);
  io::Loop& loop_;
  Answer answer_;
  http::Server server_;
  io::Address address_;
  int requests_ = 0;
  http::RequestHead last_;
};

/// A peer that says what it is told, connection by connection: for each of them, the answers to its requests
/// in turn, then it closes. Requests are taken as they come, up to an empty line.
class ScriptedPeer {
 public:
  using Script = std::vector<std::string>;
  ScriptedPeer(io::Loop& loop, std::deque<Script> connections);
  ~ScriptedPeer() { scope_.cancel(); }
  uint16_t port() const { return listener_->address().port(); }
  int accepted() const { return accepted_; }
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  io::Async<void> accept();
  io::Async<void> serve(std::unique_ptr<io::SocketStream> stream, Script script);
  io::Loop& loop_;
  std::deque<Script> connections_;
  std::unique_ptr<io::Listener> listener_;
  int accepted_ = 0;
  std::vector<std::string> requests_;
  io::Scope scope_;
};

/// A free port of 127.0.0.1 below the kernel's own range.
uint16_t free_port(io::Loop& loop);

}  // namespace hancock::slardar::testing
