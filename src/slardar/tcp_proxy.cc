#include "slardar/tcp_proxy.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/log.h"
#include "io/tcp.h"
#include "slardar/client_hello.h"
#include "slardar/tunnel.h"

namespace hancock::slardar {
namespace {

/// One stream, from accept to close.
class TcpStream {
 public:
  TcpStream(WorkerParts& worker, io::Stream& visitor, const RouteFinder& find)
      : worker_(worker), counted_(worker.counters), visitor_(visitor), find_(find) {
    ++worker_.counters.in_flight;
  }
  TcpStream(const TcpStream&) = delete;
  ~TcpStream() { --worker_.counters.in_flight; }

  io::Async<void> run() {
    const TimePoint began = worker_.loop.now();
    const Failure failure = co_await join();
    ++worker_.counters.errors[static_cast<size_t>(failure)];
    worker_.counters.durations.add(worker_.loop.now() - began);
  }

 private:
  io::Async<Failure> join() {
    Traffic& traffic = worker_.traffic;
    auto pinned = traffic.pin(find_(*traffic.present()));
    if (!pinned) co_return Failure::kNoRoute;
    const Admission admission =
        Admission::ask(pinned->route->limits, pinned->route->limit_state, worker_.loop.now());
    if (!admission) co_return Failure::kLimited;
    TriedServers tried;
    Failure last = Failure::kNoPeer;
    for (uint32_t tries = 0; tries < pinned->route->tries; ++tries) {
      if (!worker_.trust.holds(*pinned->route)) {
        const bool usable = co_await worker_.trust.settle();
        if (!usable) co_return Failure::kStale;
      }
      const Pick pick = traffic.pick(*pinned, tried, tries == 0 ? Pick::Kind::kFirst : Pick::Kind::kRetry,
                                     find_, worker_.loop.now());
      if (!pick) co_return last;
      if (tries > 0) ++worker_.counters.retries;
      ++pick.peer().connects;
      auto peer = co_await dial(pick.peer(), pinned->route->connect);
      if (peer) {
        pick.peer().unreachable = false;
        const std::string header = announcement(pinned->route->proxy_protocol);
        const TimePoint by = worker_.loop.now() + pinned->route->connect;
        const auto announced = co_await (*peer)->send(header, by);
        if (!announced) co_return Failure::kPeerClosed;
        const Duration idle = pinned->route->tcp_idle;
        pinned->narrow();
        const TunnelBytes bytes = co_await tunnel(visitor_, **peer, worker_, idle);
        worker_.counters.bytes_in += bytes.forth;
        worker_.counters.bytes_out += bytes.back;
        co_return Failure::kNone;
      }
      last = peer.error().code == ErrorCode::kTimeout ? Failure::kConnectTimeout : Failure::kConnectFailed;
      log::debug("tcp", "{}", peer.error().message);
      ++pick.peer().failures;
      pick.peer().last_failure = peer.error().message;
      pick.upstream().note_failure(pick.identity());
      pick.upstream().note_unreachable(pick.peer(), worker_.loop.now());
      tried.add(pick.identity());
      if (!pick.upstream().may_retry()) break;
    }
    co_return last;
  }

  io::Async<Result<std::unique_ptr<io::Stream>>> dial(const Peer& peer, Duration connect) {
    auto socket = co_await io::connect(worker_.loop, peer.address, worker_.loop.now() + connect);
    if (!socket) co_return forward_error(socket);
    if (peer.tls) co_return co_await encrypt(*peer.tls, std::move(*socket), worker_.loop.now() + connect);
    std::unique_ptr<io::Stream> plain = std::move(*socket);
    co_return plain;
  }

  /// What the peer is told of the visitor.
  std::string announcement(ProxyProtocol version) {
    if (version == ProxyProtocol::kNone) return {};
    const auto source = worker_.proxied.source(visitor_);
    const auto destination = worker_.proxied.destination(visitor_);
    if (!source || !destination) return proxy_header(version, {}, {});
    return proxy_header(version, *source, *destination);
  }

  WorkerParts& worker_;
  const CountedVisitor counted_;
  io::Stream& visitor_;
  const RouteFinder& find_;
};

constexpr Duration kHelloWait = 10s;

/// Looks at what has come, and leaves it there.
ClientHello peek_hello(io::Stream& visitor) {
  std::array<char, kClientHelloMax> bytes;
  const ssize_t count =
      ::recv(visitor.descriptor().fd(), bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (count > 0) return parse_client_hello({bytes.data(), static_cast<size_t>(count)});
  return {count < 0 && errno == EAGAIN ? ClientHello::Status::kNeedMore : ClientHello::Status::kBad, ""};
}

/// nullopt: he has gone, waits too long, or does not speak TLS.
io::Async<std::optional<std::string>> asked_name(WorkerParts& worker, io::Stream& visitor) {
  const CountedVisitor counted(worker.counters);
  const TimePoint deadline = worker.loop.now() + kHelloWait;
  std::optional<std::string> name;
  while (true) {
    auto ready = co_await visitor.descriptor().readable(deadline);
    if (!ready) break;
    ClientHello hello = peek_hello(visitor);
    if (hello.status == ClientHello::Status::kDone) name = std::move(hello.server_name);
    if (hello.status != ClientHello::Status::kNeedMore || visitor.descriptor().hung_up()) break;
    visitor.descriptor().set_drained();  // it is not, but only an edge tells of more
  }
  co_return name;
}

}  // namespace

io::Async<void> serve_port(WorkerParts& worker, std::unique_ptr<io::SocketStream> visitor, uint16_t port) {
  std::string name;
  if (is_shared_by_name(worker.traffic.present()->tcp, port)) {
    auto asked = co_await asked_name(worker, *visitor);
    if (!asked) {
      ++worker.counters.errors[static_cast<size_t>(Failure::kBadRequest)];
      co_return;
    }
    name = std::move(*asked);
  }
  RouteFinder find = [port, name](const Snapshot& snapshot) { return find_tcp(snapshot.tcp, port, name); };
  co_await serve_tcp(worker, std::move(visitor), std::move(find));
}

io::Async<void> serve_tcp(WorkerParts& worker, std::unique_ptr<io::Stream> visitor, RouteFinder find) {
  TcpStream stream(worker, *visitor, find);
  co_await stream.run();
}

}  // namespace hancock::slardar
