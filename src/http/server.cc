#include "http/server.h"

#include <sys/socket.h>

#include <unordered_set>

#include "base/log.h"
#include "http/server_connection.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/tcp.h"

namespace hancock::http {

class Server::Impl {
 public:
  Impl(io::Loop& loop, Handler handler, ServerLimits limits)
      : loop_(loop), handler_(std::move(handler)), limits_(limits), gone_(loop) {}
  ~Impl() {
    accepting_.cancel();
    serving_.cancel();
  }

  Result<io::Address> listen(io::Address address);
  io::Address serve_on(std::unique_ptr<io::Listener> listener);
  io::Address adopt(UniqueFd listening);
  std::vector<int> sockets() const;
  io::Async<void> close(TimePoint deadline);
  size_t connections() const { return connections_.size(); }

 private:
  // Counts a connection for as long as its coroutine's frame lives.
  class Registered {
   public:
    Registered(Impl& server, ServerConnection& connection) : server_(server), connection_(connection) {
      server_.connections_.insert(&connection_);
    }
    Registered(const Registered&) = delete;
    ~Registered() {
      server_.connections_.erase(&connection_);
      server_.gone_.set();
    }

   private:
    Impl& server_;
    ServerConnection& connection_;
  };

  io::Async<void> accept(io::Listener& listener);
  io::Async<void> serve(std::unique_ptr<io::SocketStream> stream);

  io::Loop& loop_;
  Handler handler_;
  ServerLimits limits_;
  io::Signal gone_;  // a connection has ended
  std::unordered_set<ServerConnection*> connections_;
  std::vector<std::unique_ptr<io::Listener>> listeners_;
  io::Scope accepting_;
  io::Scope serving_;
  bool closing_ = false;
};

Result<io::Address> Server::Impl::listen(io::Address address) {
  if (closing_) return fail(ErrorCode::kCancelled, "the server is closed");
  auto listener = io::Listener::listen(loop_, address);
  if (!listener) return forward_error(listener);
  return serve_on(std::move(*listener));
}

io::Address Server::Impl::serve_on(std::unique_ptr<io::Listener> listener) {
  listeners_.push_back(std::move(listener));
  accepting_.spawn(accept(*listeners_.back()));
  return listeners_.back()->address();
}

io::Address Server::Impl::adopt(UniqueFd listening) {
  io::Address address = io::Address::of_socket(listening.get(), ::getsockname);
  return serve_on(std::make_unique<io::Listener>(loop_, std::move(listening), std::move(address)));
}

std::vector<int> Server::Impl::sockets() const {
  std::vector<int> all;
  for (const auto& listener : listeners_) all.push_back(listener->fd());
  return all;
}

io::Async<void> Server::Impl::accept(io::Listener& listener) {
  while (!closing_) {
    auto stream = co_await listener.accept();
    if (!stream) {
      if (stream.error().code == ErrorCode::kCancelled) co_return;
      log::error("http", "{}", stream.error().message);
      co_await loop_.sleep_for(50ms);
      continue;
    }
    if (connections_.size() >= limits_.connections) continue;  // closes it
    serving_.spawn(serve(std::move(*stream)));
  }
}

io::Async<void> Server::Impl::serve(std::unique_ptr<io::SocketStream> stream) {
  const io::Address peer = stream->peer_address().value_or(io::Address());
  ServerConnection connection(std::move(stream), peer, handler_, limits_);
  const Registered registered(*this, connection);
  co_await connection.run();
}

io::Async<void> Server::Impl::close(TimePoint deadline) {
  closing_ = true;
  for (const auto& listener : listeners_) listener->close();
  co_await accepting_.join();
  const std::vector<ServerConnection*> open(connections_.begin(), connections_.end());
  for (ServerConnection* const connection : open) {
    if (connections_.contains(connection)) connection->begin_close();
  }
  while (!connections_.empty()) {
    const bool one_less = co_await gone_.wait(deadline);
    if (!one_less) break;
  }
  serving_.cancel();
}

Server::Server(io::Loop& loop, Handler handler, ServerLimits limits)
    : impl_(std::make_unique<Impl>(loop, std::move(handler), limits)) {}
Server::~Server() = default;
Result<io::Address> Server::listen(io::Address address) { return impl_->listen(address); }
io::Address Server::adopt(UniqueFd listening) { return impl_->adopt(std::move(listening)); }
std::vector<int> Server::sockets() const { return impl_->sockets(); }
io::Async<void> Server::close(TimePoint deadline) { return impl_->close(deadline); }
size_t Server::connections() const { return impl_->connections(); }

}  // namespace hancock::http
