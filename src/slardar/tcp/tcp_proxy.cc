#include "slardar/tcp/tcp_proxy.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/log.h"
#include "io/tcp.h"
#include "slardar/tcp/tunnel.h"
#include "slardar/tls/client_hello.h"

namespace hancock::slardar {
namespace {

/// One stream, from accept to close, however that comes: then it is counted and logged.
class TcpStream {
 public:
  TcpStream(WorkerParts& worker, io::Stream& visitor)
      : worker_(worker), counted_(worker.counters), visitor_(visitor), began_(worker.loop.now()) {
    ++worker_.counters.in_flight;
    if (worker_.access_log) note_addresses();
  }
  TcpStream(const TcpStream&) = delete;
  ~TcpStream();

  io::Async<void> run(RouteFinder find);
  /// By TLS.
  void asks_for(std::string name) { name_ = std::move(name); }
  const std::string& name() const { return name_; }
  void refuse(Failure failure) { failure_ = failure; }

 private:
  io::Async<Failure> join(const RouteFinder& find);
  io::Async<Result<std::unique_ptr<io::Stream>>> dial(const Peer& peer, Duration connect);
  uint64_t hash_key() const;
  TimePoint end_of_tries() const;
  void note_unreachable(const Error& error);
  void note_addresses();
  void add_to_log(Duration took) const;
  Labels labels() const;

  WorkerParts& worker_;
  const CountedVisitor counted_;
  io::Stream& visitor_;
  const TimePoint began_;
  std::string visitor_ip_;  // these two for the log
  uint16_t port_ = 0;
  std::string name_;
  PinnedRoute route_;
  Admission admission_;
  Pick pick_;  // the last one
  uint32_t tries_ = 0;
  TunnelBytes bytes_;
  Failure failure_ = Failure::kNone;
};

TcpStream::~TcpStream() {
  --worker_.counters.in_flight;
  const Duration took = worker_.loop.now() - began_;
  ++worker_.counters.errors[static_cast<size_t>(failure_)];
  worker_.counters.durations.add(took);
  worker_.counters.bytes_in += bytes_.forth;
  worker_.counters.bytes_out += bytes_.back;
  if (worker_.access_log) add_to_log(took);
}

io::Async<void> TcpStream::run(RouteFinder find) {
  const Failure failure = co_await join(find);
  failure_ = failure;
}

io::Async<Failure> TcpStream::join(const RouteFinder& find) {
  Traffic& traffic = worker_.traffic;
  auto pinned = traffic.pin(find(*traffic.present()));
  if (!pinned) co_return Failure::kNoRoute;
  route_ = std::move(*pinned);
  admission_ = Admission::ask(route_.route->limits, route_.route->limit_state, worker_.loop.now());
  if (!admission_) co_return Failure::kLimited;
  if (Traffic::hash_by(route_) != HashBy::kNothing) route_.key = hash_key();
  TriedServers tried;
  Failure last = Failure::kNoPeer;
  const TimePoint tries_end = end_of_tries();
  while (tries_ < route_.route->tries && (tries_ == 0 || worker_.loop.now() < tries_end)) {
    if (!worker_.trust.holds(*route_.route)) {
      const bool usable = co_await worker_.trust.settle();
      if (!usable) co_return Failure::kStale;
    }
    const auto kind = tries_ == 0 ? Pick::Kind::kFirst : Pick::Kind::kRetry;
    Pick next = traffic.pick(route_, tried, kind, find, worker_.loop.now());
    if (!next) co_return last;
    pick_ = std::move(next);
    if (tries_++ > 0) ++worker_.counters.retries;
    ++pick_.peer().connects;
    const TimePoint dialled = worker_.loop.now();
    auto peer = co_await dial(pick_.peer(), route_.route->connect);
    if (peer) {
      pick_.note_head(worker_.loop.now() - dialled, worker_.loop.now());
      pick_.upstream().note_reached(pick_.peer(), worker_.loop.now());
      const std::string header = worker_.proxied.announcement(route_.route->proxy_protocol, visitor_);
      const TimePoint by = worker_.loop.now() + route_.route->connect;
      const auto announced = co_await (*peer)->send(header, by);
      if (!announced) co_return Failure::kPeerClosed;
      const Duration idle = route_.route->tcp_idle;
      route_.narrow();
      co_await tunnel(visitor_, **peer, worker_, idle, bytes_);
      co_return Failure::kNone;
    }
    last = peer.error().code == ErrorCode::kTimeout ? Failure::kConnectTimeout : Failure::kConnectFailed;
    note_unreachable(peer.error());
    tried.add(pick_.identity());
    if (!pick_.upstream().may_retry()) break;
  }
  co_return last;
}

/// There is nothing else that a stream could be known by.
uint64_t TcpStream::hash_key() const {
  const auto visitor = worker_.proxied.source(visitor_);
  return visitor ? hash_of_client(visitor->host()) : 0;
}

TimePoint TcpStream::end_of_tries() const {
  const Duration most = route_.route->try_timeout;
  return most > Duration::zero() ? worker_.loop.now() + most : kForever;
}

void TcpStream::note_unreachable(const Error& error) {
  log::debug("tcp", "{}", error.message);
  ++pick_.peer().failures;
  pick_.peer().last_failure = error.message;
  worker_.counters.ejections += pick_.note_failure(worker_.loop.now());
  pick_.upstream().note_unreachable(pick_.peer(), worker_.loop.now());
}

io::Async<Result<std::unique_ptr<io::Stream>>> TcpStream::dial(const Peer& peer, Duration connect) {
  auto socket = co_await io::connect(worker_.loop, peer.address, worker_.loop.now() + connect);
  if (!socket) co_return forward_error(socket);
  if (peer.tls) co_return co_await encrypt(*peer.tls, std::move(*socket), worker_.loop.now() + connect);
  std::unique_ptr<io::Stream> plain = std::move(*socket);
  co_return plain;
}

// At the end nobody may be there to ask.
void TcpStream::note_addresses() {
  if (const auto visitor = worker_.proxied.source(visitor_)) visitor_ip_ = visitor->host();
  if (const auto entrance = visitor_.local_address()) port_ = entrance->port();
}

void TcpStream::add_to_log(Duration took) const {
  const std::string place = fmt::format("{}:{}", name_, port_);
  const Labels owner = labels();
  AccessEntry entry;
  entry.time = system_clock().wall();
  entry.visitor_ip = visitor_ip_;
  entry.host = place;
  entry.protocol = "TCP";
  entry.bytes_in = bytes_.forth;
  entry.bytes_out = bytes_.back;
  entry.took = took;
  entry.tenant = owner.tenant;
  entry.app = owner.app;
  entry.service = owner.service;
  entry.version = owner.version;
  if (pick_) entry.peer = pick_.peer().name;
  entry.tries = tries_;
  entry.error = to_string(failure_);
  worker_.access_log->add(entry);
}

Labels TcpStream::labels() const {
  if (pick_) return pick_.upstream().labels;
  if (!route_.route) return {};
  return {route_.route->tenant, route_.route->app, route_.route->service, ""};
}

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
  TcpStream stream(worker, *visitor);
  if (is_shared_by_name(worker.traffic.present()->tcp, port)) {
    auto asked = co_await asked_name(worker, *visitor);
    if (!asked) {
      stream.refuse(Failure::kBadRequest);
      co_return;
    }
    stream.asks_for(std::move(*asked));
  }
  RouteFinder find = [port, name = stream.name()](const Snapshot& snapshot) {
    return find_tcp(snapshot.tcp, port, name);
  };
  co_await stream.run(std::move(find));
}

io::Async<void> serve_tcp(WorkerParts& worker, std::unique_ptr<io::Stream> visitor, RouteFinder find) {
  TcpStream stream(worker, *visitor);
  co_await stream.run(std::move(find));
}

}  // namespace hancock::slardar
