#include "load/ledger.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace hancock::load {
namespace {

constexpr size_t kListedMax = 10'000;  // failures, and ends of streams

void list(std::vector<nlohmann::json>& all, nlohmann::json one) {
  std::fprintf(stderr, "%s\n", one.dump().c_str());
  if (all.size() < kListedMax) all.push_back(std::move(one));
}

int64_t milliseconds(Duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

}  // namespace

Ledger::Ledger(const Options& options, TimePoint start, WallTime wall)
    : options_(options), start_(start), wall_(wall), log_(nullptr, std::fclose) {
  if (options.log.empty()) return;
  log_.reset(std::fopen(options.log.c_str(), "w"));
  if (log_) return;
  std::perror(options.log.c_str());
  std::abort();
}

void Ledger::note(const Visit& visit) {
  ++requests_;
  if (visit.moves > 0) ++moved_;
  if (visit.first.is_good()) {
    note_answer(visit.first.answer, visit.request, visit.ended);
  } else {
    note_failure(visit);
  }
  if (visit.request.kind != Kind::kSlow) latencies_.add(visit.ended - visit.request.due);
  if (log_) write_line(visit);
}

void Ledger::note_answer(const Answer& answer, const Request& request, TimePoint now) {
  handled_.note(answer.task, answer.number);
  Served& served = served_.try_emplace(answer.version, Served{now, {}, {}}).first->second;
  if (request.kind != Kind::kSlow) {
    served.last_began = std::max(served.last_began, request.due);
    served.latencies.add(now - request.due);
  }
  const auto replaced = replaced_at(answer.version);
  if (!replaced || now < *replaced) return;
  if (request.due < *replaced) ++crossed_;
  late_ = std::max(late_, request.due - *replaced);
}

std::optional<TimePoint> Ledger::replaced_at(uint64_t version) const {
  std::optional<TimePoint> first;
  for (auto newer = served_.upper_bound(version); newer != served_.end(); ++newer)
    first = std::min(first.value_or(kForever), newer->second.first);
  return first;
}

void Ledger::note_failure(const Visit& visit) {
  ++failed_;
  const bool is_lost = !visit.retry || !visit.retry->is_good();
  if (is_lost) ++lost_;
  if (!is_lost) note_answer(visit.retry->answer, visit.request, visit.ended);
  nlohmann::json named{{"at", to_rfc3339(wall_of(visit.request.due))},
                       {"due_ms", epoch_ms(visit.request.due)},
                       {"ended_ms", epoch_ms(visit.ended)},
                       {"number", visit.request.number},
                       {"gateway", options_.gateways[visit.first.gateway].to_string()},
                       {"kind", to_string(visit.request.kind)},
                       {"way", to_string(visit.request.way)},
                       {"why", visit.first.why},
                       {"retry", "not made"}};
  if (visit.retry) named["retry"] = visit.retry->is_good() ? "succeeded" : visit.retry->why;
  list(failures_, std::move(named));
}

void Ledger::note_stream(uint64_t version, TimePoint now) {
  ++streams_;
  served_.try_emplace(version, Served{now, {}, {}});
}

/// Gateways count from the switch, we from its first sign, which comes late on a machine that has much to do:
/// half of the time is left for that.
bool Ledger::is_early(const StreamEnd& end) const {
  const auto replaced = replaced_at(end.version);
  return !replaced || end.version == 0 || end.ended - *replaced < options_.drain_timeout / 2;
}

void Ledger::note(const StreamEnd& end) {
  const bool early = is_early(end);
  if (early) ++early_;
  const auto replaced = replaced_at(end.version);
  nlohmann::json named{{"at", to_rfc3339(wall_of(end.ended))},
                       {"ended_ms", epoch_ms(end.ended)},
                       {"gateway", options_.gateways[end.gateway].to_string()},
                       {"kind", end.kind == StreamKind::kWebSocket ? "websocket" : "tcp"},
                       {"version", end.version},
                       {"lasted_ms", milliseconds(end.ended - end.began)},
                       {"why", end.why},
                       {"early", early}};
  if (replaced) named["since_replaced_ms"] = milliseconds(end.ended - *replaced);
  list(stream_ends_, std::move(named));
}

void Ledger::write_line(const Visit& visit) {
  const bool is_good = visit.first.is_good();
  const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(visit.ended - visit.request.due);
  std::fprintf(log_.get(), "%lld %lld %zu %s %s %llu %s\n",
               static_cast<long long>(epoch_ms(visit.request.due)), static_cast<long long>(latency.count()),
               visit.first.gateway, to_string(visit.request.kind).data(), to_string(visit.request.way).data(),
               static_cast<unsigned long long>(visit.first.answer.version), is_good ? "ok" : "failed");
}

WallTime Ledger::wall_of(TimePoint time) const {
  return wall_ + std::chrono::duration_cast<std::chrono::milliseconds>(time - start_);
}

int64_t Ledger::epoch_ms(TimePoint time) const { return wall_of(time).time_since_epoch().count(); }

nlohmann::json Ledger::versions() const {
  nlohmann::json all = nlohmann::json::array();
  for (const auto& [version, served] : served_) {
    nlohmann::json one = served.latencies.summary();
    one["version"] = version;
    one["first_ms"] = epoch_ms(served.first);
    one["last_began_ms"] = epoch_ms(std::max(served.last_began, start_));
    all.push_back(std::move(one));
  }
  return all;
}

nlohmann::json Ledger::summary() const {
  return {
      {"requests", requests_},
      {"failed", failed_},
      {"lost", lost_},
      {"moved", moved_},
      {"held", held_},
      {"crossed", crossed_},
      {"late_ms", milliseconds(late_)},
      {"posts",
       {{"answered", handled_.told()}, {"untold", handled_.untold()}, {"doubled", handled_.doubled()}}},
      {"latency", latencies_.summary()},
      {"versions", versions()},
      {"failures", failures_},
      {"streams", {{"opened", streams_}, {"echoes", echoes_}, {"early", early_}, {"ends", stream_ends_}}}};
}

}  // namespace hancock::load
