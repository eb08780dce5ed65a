#include "slardar/http/exchange.h"

#include <fmt/format.h>

#include "base/log.h"
#include "slardar/http/answer_relay.h"
#include "slardar/http/grpc.h"
#include "slardar/http/hash_key.h"
#include "slardar/http/https_connection.h"
#include "slardar/log/request_log.h"

namespace hancock::slardar {
namespace {

constexpr int kVisitorLeft = 499;  // in the metrics only: there was nobody to answer

constexpr int kMisdirected = 421;
constexpr int kLoopDetected = 508;

// A peer that ends its connections often may refuse what waited for the next one.
constexpr uint32_t kRefusedMax = 5;

}  // namespace

std::optional<RouteIndex> Exchange::find(const Snapshot& snapshot) const {
  if (!request_.script || request_.script->upstream.empty())
    return snapshot.http->find(request_.head().host, request_.path());
  const auto named = snapshot.route_by_upstream->find(request_.script->upstream);
  return named == snapshot.route_by_upstream->end() ? std::nullopt : std::optional(named->second);
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
  request_.find_trace();
  if (!request_.body.begin()) co_return co_await refuse(Failure::kBadRequest);
  request_.count_in(request_.body.first().size());

  if (request_.tls && is_misdirected(*request_.tls, request_.head().host))
    co_return co_await refuse(Failure::kBadRequest, kMisdirected);
  if (goes_round(request_.head())) co_return co_await refuse(Failure::kBadRequest, kLoopDetected);
  const Scripts::End scripted = run_script();
  if (scripted == Scripts::End::kAnswered) co_return co_await answer_by_script();
  if (scripted == Scripts::End::kFailed) co_return co_await refuse(Failure::kScriptError);
  if (!enter_route()) co_return co_await refuse(Failure::kNoRoute);
  if (ends_here(request_.head())) co_return co_await answer_options();
  const Route& route = *request_.route.route;
  const bool redirects = route.redirect_https && request_.proto == "http";
  if (redirects) co_return co_await redirect();
  if (request_.is_body_too_large()) co_return co_await refuse(Failure::kBodyTooLarge);
  if (route.limit_state) {
    request_.admission = Admission::ask(route.limits, route.limit_state, request_.began);
    if (!request_.admission) co_return co_await refuse_for_now();
  }
  co_return co_await serve();
}

/// Hot code goes before routing.
Scripts::End Exchange::run_script() {
  WorkerParts& worker = request_.worker;
  if (!worker.scripts.any()) return Scripts::End::kNone;
  const ScriptView view{.head = request_.head(),
                        .host = worker.scripts.name_of(request_.head().host),
                        .path = request_.path(),
                        .client = request_.visitor_ip,
                        .scheme = request_.proto,
                        .id = {request_.id.data(), request_.id.size()},
                        .snapshot = *worker.traffic.present()};
  return worker.scripts.run(view, request_.script, request_.began);
}

io::Async<After> Exchange::answer_by_script() {
  const ScriptAnswer& said = *request_.script->answer;
  const HeaderEdits& edits = request_.script->response;
  std::vector<http::FieldView> fields;
  for (const auto* const list : {&said.fields, &edits.set, &edits.add}) {
    for (const auto& [name, value] : *list) fields.push_back({name, value});
  }
  request_.status = said.status;
  OwnAnswer answer{said.status, fields, said.body};
  const After after = after_own_answer();
  const bool sent = co_await request_.sink.send_own(request_.head(), answer, after);
  co_return sent ? after : After::kClose;
}

/// Pins the route and what follows from it alone.
bool Exchange::enter_route() {
  Traffic& traffic = request_.worker.traffic;
  const Snapshot& snapshot = *traffic.present();
  const auto index = find(snapshot);
  if (!index) return false;
  const Route& route = *snapshot.routes[*index];
  const uint32_t version = request_.script ? request_.script->version : 0;
  request_.route = std::move(*traffic.pin(index, client_of(route), version));
  request_.route.key = hash_key_of(request_, Traffic::hash_by(request_.route));
  if (request_.script) {
    request_.route.levels = request_.script->levels;
    request_.script->request.join(route.request_edits);
    request_.script->response.join(route.response_edits);
  }
  if (route.total > Duration::zero()) {
    request_.over_at = request_.began + route.total;
    request_.sink.end_at(request_.over_at);
  }
  return true;
}

std::optional<ClientHash> Exchange::client_of(const Route& route) {
  if (route.sticky.kind == Sticky::Kind::kNone) return std::nullopt;
  if (const auto value = client_value(route.sticky, request_.head())) return hash_of_client(*value);
  if (route.sticky.kind == Sticky::Kind::kHeader) return std::nullopt;
  const std::string value = fmt::format("{:016x}", request_.worker.traffic.random().next());
  request_.set_cookie = set_cookie(route.sticky, value, request_.proto == "https");
  return hash_of_client(value);
}

io::Async<After> Exchange::serve() {
  Traffic& traffic = request_.worker.traffic;
  const RouteFinder finder = [this](const Snapshot& snapshot) { return find(snapshot); };

  auto kind = Pick::Kind::kFirst;
  auto wanted = UpstreamTry::Connection::kAny;
  Pick next;
  while (true) {
    try_.reset();
    if (!next) {
      Trust& trust = request_.worker.trust;
      if (!trust.holds(*request_.route.route)) {
        const bool usable = co_await trust.settle();
        if (!usable) co_return co_await refuse(Failure::kStale);
      }
      next = traffic.pick(request_.route, tried_, kind, finder, request_.worker.loop.now());
      if (!next) co_return co_await refuse(last_failure_);
    }
    try_.emplace(request_, std::move(next));
    ++request_.tries;
    try_began_ = request_.worker.loop.now();
    const bool is_sent = co_await try_->send(wanted);
    auto outcome = try_->outcome();
    if (is_sent) outcome = co_await try_->wait();
    if (outcome == UpstreamTry::Outcome::kAnswer) {
      next = instead_of_answer(finder);
      if (!next) {
        AnswerRelay relay(request_, *try_);
        const After after = co_await relay.run();
        if (!relay.refused()) co_return after;
        last_failure_ = request_.failure;
        note_bad_try(fmt::format("{}: broken chunks", to_string(last_failure_)));
        co_return co_await refuse(last_failure_);
      }
    } else {
      if (outcome == UpstreamTry::Outcome::kVisitorGone && try_->failure() == Failure::kNone)
        co_return After::kClose;
      if (after_failed_try(outcome) == Next::kGiveUp) co_return co_await refuse(last_failure_);
    }
    kind = Pick::Kind::kRetry;
    wanted = outcome == UpstreamTry::Outcome::kStale ? UpstreamTry::Connection::kNew
                                                     : UpstreamTry::Connection::kAny;
    ++request_.worker.counters.retries;
  }
}

/// Who is asked instead of passing this answer on: its code is a failure, asking again does no harm, and
/// there is somebody.
Pick Exchange::instead_of_answer(const RouteFinder& find) {
  WorkerParts& worker = request_.worker;
  const Pick& pick = try_->pick();
  const Duration took = worker.loop.now() - try_began_;
  const int status = try_->answer().status;
  pick.note_head(took, worker.loop.now());
  if (status < 500) pick.note_served(took);
  if (!pick.upstream().is_failure(status)) return {};
  note_failed_try(fmt::format("answered {}", status));
  if (!may_resend() || !may_try_again()) return {};
  Pick next = worker.traffic.pick(request_.route, tried_, Pick::Kind::kRetry, find, worker.loop.now());
  if (next) note_health(false);  // else account() does, by what the visitor got
  return next;
}

Exchange::Next Exchange::after_failed_try(UpstreamTry::Outcome outcome) {
  using Outcome = UpstreamTry::Outcome;
  last_failure_ = try_->failure();
  const Pick& pick = try_->pick();
  if (request_.worker.access_log) request_.last_peer = pick.peer().name;
  log::debug("http", "{} {}: {} ({})", request_.head().host, request_.head().target, to_string(last_failure_),
             try_->why());
  if (outcome == Outcome::kVisitorGone) return Next::kGiveUp;
  const bool is_refused = outcome == Outcome::kRefused && ++refused_ < kRefusedMax;
  if (outcome == Outcome::kFull) {
    count_try();
  } else if (outcome != Outcome::kStale && !is_refused) {  // those say nothing about the peer
    if (outcome == Outcome::kNotConnected)
      pick.upstream().note_unreachable(pick.peer(), request_.worker.loop.now());
    note_bad_try(fmt::format("{}: {}", to_string(last_failure_), try_->why()));
  }
  if (outcome == Outcome::kFailed || !may_resend()) return Next::kGiveUp;
  if (request_.worker.loop.now() >= request_.over_at) return Next::kGiveUp;
  if (outcome == Outcome::kStale) return std::exchange(stale_used_, true) ? Next::kGiveUp : Next::kRetry;
  if (is_refused) return Next::kRetry;
  return may_try_again() ? Next::kRetry : Next::kGiveUp;
}

/// It counts against its server and against the route's tries.
void Exchange::note_failed_try(std::string why) {
  WorkerParts& worker = request_.worker;
  const Pick& pick = try_->pick();
  ++pick.peer().failures;
  pick.peer().last_failure = std::move(why);
  if (pick.note_failure(worker.loop.now())) note_out(pick);
  count_try();
}

/// It counts against the route's tries.
void Exchange::count_try() {
  tried_.add(try_->pick().identity());
  ++tries_;
  tried_for_ += request_.worker.loop.now() - try_began_;
}

/// And nothing of it reaches the visitor.
void Exchange::note_bad_try(std::string why) {
  note_failed_try(std::move(why));
  note_health(false);
}

bool Exchange::may_try_again() const {
  const Route& route = *request_.route.route;
  const bool is_late = route.try_timeout > Duration::zero() && tried_for_ >= route.try_timeout;
  return tries_ < route.tries && !is_late && request_.worker.loop.now() < request_.over_at &&
         try_->pick().upstream().may_retry();
}

// Nothing may reach two peers that is not safe to run twice.
bool Exchange::may_resend() const {
  if (!request_.body.replayable()) return false;
  if (!try_->written()) return true;
  return request_.idempotent() || request_.route.route->retry_unsafe;
}

io::Async<After> Exchange::refuse(Failure failure, int status) {
  const bool visitors_fault = failure == Failure::kIdleTimeout && !request_.body.complete();
  if (!visitors_fault && is_of_server(failure)) request_.worker.traffic.note_refused(request_.route);
  try_.reset();
  const After after = after_own_answer();
  const bool sent = co_await send_failure(request_, failure, visitors_fault ? 408 : status, after);
  co_return sent ? after : After::kClose;
}

After Exchange::after_own_answer() const {
  if (!request_.body.complete()) return After::kLinger;
  return request_.head().persistent() && !request_.is_last() ? After::kKeepAlive : After::kClose;
}

/// Seconds are rounded up: who comes then is not early.
io::Async<After> Exchange::refuse_for_now() {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(request_.admission.retry_after());
  const std::string seconds = std::to_string(wait.count());
  const After after = after_own_answer();
  const bool sent = co_await send_failure(request_, Failure::kLimited, 0, after, seconds);
  co_return sent ? after : After::kClose;
}

io::Async<After> Exchange::redirect() {
  const http::RequestView& head = request_.head();
  if (head.host.empty()) co_return co_await refuse(Failure::kBadRequest);
  const std::string_view target = head.target == "*" ? "/" : head.target;
  const std::string location = fmt::format("https://{}{}", without_port(head.host), target);
  const std::array<http::FieldView, 1> fields{http::FieldView{"Location", location}};
  request_.status = 308;
  OwnAnswer answer{request_.status, fields, {}};
  const After after = after_own_answer();
  const bool sent = co_await request_.sink.send_own(head, answer, after);
  co_return sent ? after : After::kClose;
}

io::Async<After> Exchange::answer_options() {
  request_.status = 200;
  OwnAnswer answer{request_.status, {}, {}};
  const After after = after_own_answer();
  const bool sent = co_await request_.sink.send_own(request_.head(), answer, after);
  co_return sent ? after : After::kClose;
}

void Exchange::note_health(bool good) {
  WorkerParts& worker = request_.worker;
  const Pick& pick = try_->pick();
  if (good) return pick.peer().ejection.succeeded(worker.loop.now());
  if (pick.upstream().note_failed(pick.peer(), worker.loop.now())) note_out(pick);
}

void Exchange::note_out(const Pick& pick) {
  ++request_.worker.counters.ejections;
  log::info("http", "{}: {} fails again and again: it gets nothing for a while", pick.upstream().name,
            pick.peer().name);
}

void Exchange::account() {
  WorkerParts& worker = request_.worker;
  const Duration took = worker.loop.now() - request_.began;
  if (request_.status == 0) request_.status = kVisitorLeft;
  worker.counters.durations.add(took);
  worker.counters.bytes_out += request_.sink.sent_bytes();
  ++worker.counters.errors[static_cast<size_t>(request_.failure)];
  if (try_) {
    try_->pick().note_answer(request_.status);
    const bool is_good = request_.status < 500 && !try_->pick().upstream().is_failure(request_.status);
    if (request_.status != kVisitorLeft) note_health(is_good);
  } else {
    worker.traffic.count_request(labels(), request_.status);
  }
  if (worker.access_log) add_to_log();
}

void Exchange::add_to_log() const {
  if (try_) {
    const Pick& pick = try_->pick();
    log_request(request_, pick.upstream().labels, pick.peer().name);
  } else {
    log_request(request_, labels(), request_.last_peer);
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

io::Async<bool> refuse_head(Request& request, Failure failure, int status) {
  const bool sent = co_await send_failure(request, failure, status, After::kClose);
  WorkerParts& worker = request.worker;
  ++worker.counters.errors[static_cast<size_t>(failure)];
  worker.counters.bytes_out += request.sink.sent_bytes();
  worker.traffic.count_request({}, request.status);
  if (worker.access_log) log_request(request, Labels(), {});
  co_return sent;
}

// The status of HTTP is 200 (the one that it would have been is counted), and all stands in the head.
static io::Async<bool> send_grpc_failure(Request& request, Failure failure, After after) {
  const std::string_view code = to_string(failure);
  const std::array<http::FieldView, 4> fields{http::FieldView{"Content-Type", "application/grpc"},
                                              http::FieldView{"grpc-status", grpc_status_of(failure)},
                                              http::FieldView{"grpc-message", code},
                                              http::FieldView{"X-Slardar-Error", code}};
  OwnAnswer answer{200, fields, {}};
  co_return co_await request.sink.send_own(request.head(), answer, after);
}

io::Async<bool> send_failure(Request& request, Failure failure, int status, After after,
                             std::string_view retry_after) {
  request.failure = failure;
  request.status = status != 0 ? status : status_of(failure);
  if (is_grpc(request.head())) co_return co_await send_grpc_failure(request, failure, after);
  const std::string body = fmt::format("{}\n", to_string(failure));
  const std::array<http::FieldView, 3> fields{http::FieldView{"Content-Type", "text/plain"},
                                              http::FieldView{"X-Slardar-Error", to_string(failure)},
                                              http::FieldView{"Retry-After", retry_after}};
  OwnAnswer answer{request.status, fields, body};
  if (retry_after.empty()) answer.fields = answer.fields.first(2);
  co_return co_await request.sink.send_own(request.head(), answer, after);
}

}  // namespace hancock::slardar
