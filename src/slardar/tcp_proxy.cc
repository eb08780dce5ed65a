#include "slardar/tcp_proxy.h"

#include "base/log.h"
#include "io/tcp.h"
#include "slardar/tunnel.h"

namespace hancock::slardar {
namespace {

/// One stream, from accept to close.
class TcpStream {
 public:
  TcpStream(WorkerParts& worker, io::Stream& visitor, const RouteFinder& find)
      : worker_(worker), visitor_(visitor), find_(find) {
    ++worker_.counters.visitor_connections;
    ++worker_.counters.in_flight;
  }
  TcpStream(const TcpStream&) = delete;
  ~TcpStream() {
    --worker_.counters.visitor_connections;
    --worker_.counters.in_flight;
  }

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
      auto peer = co_await io::connect(worker_.loop, pick.peer().address,
                                       worker_.loop.now() + pinned->route->connect);
      if (peer) {
        pick.peer().unreachable = false;
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

  WorkerParts& worker_;
  io::Stream& visitor_;
  const RouteFinder& find_;
};

}  // namespace

io::Async<void> serve_tcp(WorkerParts& worker, std::unique_ptr<io::Stream> visitor, RouteFinder find) {
  TcpStream stream(worker, *visitor, find);
  co_await stream.run();
}

}  // namespace hancock::slardar
