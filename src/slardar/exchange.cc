#include "slardar/exchange.h"

#include <fmt/format.h>

#include "base/log.h"
#include "slardar/answer_relay.h"

namespace hancock::slardar {
namespace {

constexpr int kVisitorLeft = 499;  // in the metrics only: there was nobody to answer

}  // namespace

std::optional<RouteIndex> Exchange::find(const Snapshot& snapshot) const {
  return snapshot.http->find(request_.head().host, request_.path());
}

/// Counts an exchange from its begin to its end, however that comes.
class Exchange::Counted {
 public:
  explicit Counted(Exchange& exchange) : exchange_(exchange) {
    ++exchange_.request_.worker.counters.in_flight;
  }
  Counted(const Counted&) = delete;
  ~Counted() {
    --exchange_.request_.worker.counters.in_flight;
    exchange_.account();
  }

 private:
  Exchange& exchange_;
};

io::Async<After> Exchange::run() {
  request_.began = request_.worker.loop.now();
  const Counted counted(*this);
  const After after = co_await answer();
  co_return after;
}

io::Async<After> Exchange::answer() {
  Traffic& traffic = request_.worker.traffic;
  if (!request_.body.begin()) co_return co_await refuse(Failure::kBadRequest);
  request_.worker.counters.bytes_in += request_.body.first().size();

  auto pinned = traffic.pin(find(*traffic.present()));
  if (!pinned) co_return co_await refuse(Failure::kNoRoute);
  request_.route = std::move(*pinned);
  const RouteFinder finder = [this](const Snapshot& snapshot) { return find(snapshot); };

  auto kind = Pick::Kind::kFirst;
  auto wanted = UpstreamTry::Connection::kAny;
  while (true) {
    try_.reset();
    Trust& trust = request_.worker.trust;
    if (!trust.holds(*request_.route.route)) {
      const bool usable = co_await trust.settle();
      if (!usable) co_return co_await refuse(Failure::kStale);
    }
    Pick pick = traffic.pick(request_.route, tried_, kind, finder, request_.worker.loop.now());
    if (!pick) co_return co_await refuse(last_failure_);
    try_.emplace(request_, std::move(pick));
    const UpstreamTry::Outcome outcome = co_await try_->run(wanted);
    if (outcome == UpstreamTry::Outcome::kAnswer) {
      AnswerRelay relay(request_, *try_);
      const After after = co_await relay.run();
      if (!relay.refused()) co_return after;
      last_failure_ = request_.failure;
      co_return co_await refuse(last_failure_);
    }
    if (outcome == UpstreamTry::Outcome::kVisitorGone && try_->failure() == Failure::kNone)
      co_return After::kClose;
    if (after_failed_try(outcome) == Next::kGiveUp) co_return co_await refuse(last_failure_);
    kind = Pick::Kind::kRetry;
    wanted = outcome == UpstreamTry::Outcome::kStale ? UpstreamTry::Connection::kNew
                                                     : UpstreamTry::Connection::kAny;
    ++request_.worker.counters.retries;
  }
}

Exchange::Next Exchange::after_failed_try(UpstreamTry::Outcome outcome) {
  using Outcome = UpstreamTry::Outcome;
  last_failure_ = try_->failure();
  const Pick& pick = try_->pick();
  log::debug("http", "{} {}: {} ({})", request_.head().host, request_.head().target, to_string(last_failure_),
             try_->why());
  if (outcome == Outcome::kVisitorGone) return Next::kGiveUp;
  if (outcome != Outcome::kStale) {  // that one says nothing about the peer
    ++pick.peer().failures;
    pick.peer().last_failure = fmt::format("{}: {}", to_string(last_failure_), try_->why());
    pick.upstream().note_failure(pick.identity());
    if (outcome == Outcome::kNotConnected)
      pick.upstream().note_unreachable(pick.peer(), request_.worker.loop.now());
    tried_.add(pick.identity());
    ++tries_;
  }
  if (outcome == Outcome::kFailed || !may_resend(outcome)) return Next::kGiveUp;
  if (outcome == Outcome::kStale) return std::exchange(stale_used_, true) ? Next::kGiveUp : Next::kRetry;
  return tries_ < request_.route.route->tries && pick.upstream().may_retry() ? Next::kRetry : Next::kGiveUp;
}

// Nothing may reach two peers that is not safe to run twice.
bool Exchange::may_resend(UpstreamTry::Outcome outcome) const {
  if (!request_.body.replayable()) return false;
  if (outcome == UpstreamTry::Outcome::kNotConnected || !try_->written()) return true;
  return request_.idempotent() || request_.route.route->retry_unsafe;
}

io::Async<After> Exchange::refuse(Failure failure) {
  const bool visitors_fault = failure == Failure::kIdleTimeout && !request_.body.complete();
  try_.reset();
  After after = After::kLinger;
  if (request_.body.complete())
    after = request_.head().persistent() && !request_.worker.draining ? After::kKeepAlive : After::kClose;
  const bool sent = co_await send_failure(request_, failure, visitors_fault ? 408 : 0, after);
  co_return sent ? after : After::kClose;
}

void Exchange::account() {
  WorkerParts& worker = request_.worker;
  const Duration took = worker.loop.now() - request_.began;
  if (request_.status == 0) request_.status = kVisitorLeft;
  worker.counters.durations.add(took);
  worker.counters.bytes_out += request_.sink.sent_bytes();
  ++worker.counters.errors[static_cast<size_t>(request_.failure)];
  if (try_) {
    try_->pick().upstream().requests.add(request_.status);
    try_->pick().upstream().note_answer(try_->pick().identity(), request_.status);
  } else {
    worker.traffic.count_request(labels(), request_.status);
  }
}

Labels Exchange::labels() const {
  const Route* const route = request_.route.route;
  if (!route) return {};
  if (!route->shares.empty()) {
    const Route::Share& share = route->shares[request_.route.share];
    return request_.route.snapshot->upstreams[share.upstream]->labels;
  }
  return {route->tenant, route->app, route->service, ""};
}

io::Async<bool> send_failure(Request& request, Failure failure, int status, After after) {
  request.failure = failure;
  request.status = status != 0 ? status : status_of(failure);
  co_return co_await request.sink.send_failure(request.head(), request.status, to_string(failure), after);
}

}  // namespace hancock::slardar
