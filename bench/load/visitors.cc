#include "load/visitors.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "load/metronome.h"

namespace hancock::load {
namespace {

constexpr Duration kConnectPatience = 5s;

std::string head(std::string_view method, std::string_view target, const std::string& host, Way way) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}", method, target, host,
                     way == Way::kFresh ? "Connection: close\r\n" : "");
}

}  // namespace

Visitors::Visitors(io::Loop& loop, const Options& options)
    : loop_(loop),
      options_(options),
      timetable_(loop.now(), options.rate, options.gateways.size()),
      ledger_(options, loop.now(), system_clock().wall()) {
  for (size_t i = 0; i < options.gateways.size(); ++i)
    gateways_.emplace_back(loop, options.gateways[i],
                           i < options.tcp.size() ? options.tcp[i] : io::Address());
}

io::Async<nlohmann::json> Visitors::run(const bool* told) {
  io::Scope beside, visits;
  for (Gateway& gateway : gateways_)
    beside.spawn(gateway.look_after(head("GET", "/", options_.host, Way::kFresh) + "\r\n"));
  start_streams(beside);
  co_await make_requests(visits, told);
  co_await visits.join();
  beside.cancel();
  co_return ledger_.summary();
}

void Visitors::start_streams(io::Scope& beside) {
  const auto start = [&](StreamKind kind, size_t count, size_t entrances) {
    for (size_t i = 0; entrances > 0 && i < count; ++i) {
      streams_.push_back(
          std::make_unique<LongStream>(loop_, options_, gateways_, ledger_, kind, i % entrances));
      beside.spawn(streams_.back()->run());
    }
  };
  start(StreamKind::kWebSocket, options_.web_sockets, options_.gateways.size());
  start(StreamKind::kTcp, options_.streams, options_.tcp.size());
}

io::Async<void> Visitors::make_requests(io::Scope& visits, const bool* told) {
  Metronome metronome(loop_, timetable_.period());
  bool is_held = false;  // the next request
  for (uint64_t number = 0; number < options_.count || (options_.goes_on && !*told);) {
    const Request request = timetable_.at(number);
    const bool is_full = visits.running() >= options_.at_once;
    if (is_full || request.due > BootClock::now()) {
      is_held = is_held || is_full;
      co_await metronome.next();
      continue;
    }
    if (std::exchange(is_held, false)) ledger_.note_held();
    visits.spawn(visit(request));
    ++number;
  }
}

io::Async<void> Visitors::visit(Request request) {
  Visit visit;
  visit.request = request;
  const size_t first = gateways_[request.gateway].is_well() ? request.gateway : next_well(request.gateway);
  Try tried = co_await try_anywhere(request, first, &visit.moves);
  visit.first = std::move(tried);
  if (!visit.first.is_good()) {
    size_t moves = 0;
    Try again = co_await try_anywhere(request, next_well(visit.first.gateway), &moves);
    visit.retry = std::move(again);
  }
  visit.ended = BootClock::now();
  ledger_.note(visit);
}

/// Of the others; the one behind it when none is well.
size_t Visitors::next_well(size_t gateway) const {
  for (size_t step = 1; step < gateways_.size(); ++step) {
    const size_t other = (gateway + step) % gateways_.size();
    if (gateways_[other].is_well()) return other;
  }
  return (gateway + 1) % gateways_.size();
}

/// The first gateway that can be connected to, from `first` on.
io::Async<Try> Visitors::try_anywhere(const Request& request, size_t first, size_t* moves) {
  Duration patience = options_.patience;
  if (request.kind == Kind::kSlow) patience += options_.slow;
  const TimePoint deadline = loop_.now() + patience;
  for (size_t step = 0;; ++step) {
    Try made = co_await try_once(request, (first + step) % gateways_.size(), deadline);
    if (made.was_sent || step + 1 >= gateways_.size()) co_return made;
    ++*moves;
  }
}

io::Async<Try> Visitors::try_once(const Request& request, size_t gateway, TimePoint deadline) {
  Try made;
  made.gateway = gateway;
  const TimePoint connect_deadline = std::min(deadline, loop_.now() + kConnectPatience);
  auto connection = co_await gateways_[gateway].connect(request.way, connect_deadline);
  if (!connection) {
    made.why = connection.error().message;
    co_return made;
  }
  made.was_sent = true;
  auto answer = co_await (*connection)->ask(text_of(request), deadline);
  if (!answer) {
    made.why = answer.error().message;
    co_return made;
  }
  made.why = fault_of(request, *answer);
  made.answer = std::move(*answer);
  gateways_[gateway].keep(std::move(*connection));
  co_return made;
}

std::string Visitors::body_of(const Request& request) const {
  return fmt::format("{:0>200}", request.number);
}

std::string Visitors::text_of(const Request& request) const {
  const std::string& host = options_.host;
  if (request.kind == Kind::kGet) return head("GET", "/", host, request.way) + "\r\n";
  if (request.kind == Kind::kSlow) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(options_.slow).count();
    return head("GET", fmt::format("/slow?ms={}", ms), host, request.way) + "\r\n";
  }
  const std::string body = body_of(request);
  return fmt::format("{}Content-Length: {}\r\n\r\n{}", head("POST", "/echo", host, request.way), body.size(),
                     body);
}

std::string Visitors::fault_of(const Request& request, const Answer& answer) const {
  if (answer.status != 200) return fmt::format("status {} {}", answer.status, answer.error);
  if (answer.version == 0) return "the answer is nobody's";
  if (request.kind == Kind::kPost && answer.body != body_of(request)) return "the echo is not what was said";
  return "";
}

}  // namespace hancock::load
