#include "master/core/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/spec_defaults.h"

namespace hancock::master {
namespace {

using registry::Answers;

/// Differences below that are the machines' doing, not the Version's.
constexpr Duration kSlowerAtLeast = 5ms;
constexpr double kP99 = 0.99;

double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// More of `whole` than chance makes of `allowed`, a share.
bool exceeds(uint64_t part, uint64_t whole, double allowed) {
  const double expected = static_cast<double>(whole) * allowed;
  return static_cast<double>(part) > expected + 3 * std::sqrt(expected);
}

uint64_t heads(const Answers& answers) {
  uint64_t sum = 0;
  for (const auto& [step, count] : answers.heads) sum += count;
  return sum;
}

/// The step that the 99th of a hundred lies in.
uint32_t p99_step(const Answers& answers) {
  const auto rank = static_cast<uint64_t>(std::ceil(static_cast<double>(heads(answers)) * kP99));
  uint64_t sum = 0;
  for (const auto& [step, count] : answers.heads)
    if (sum += count; sum >= rank) return step;
  return 0;
}

std::string in_ms(Duration latency) {
  const double ms = std::chrono::duration<double, std::milli>(latency).count();
  return ms < 10 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.0f} ms", ms);
}

std::optional<std::string> too_many_failures(const Answers& fresh, const Answers& old,
                                             const EvidenceBounds& bounds) {
  if (fresh.requests < bounds.min_requests) return std::nullopt;
  const double before = share(old.failed, old.requests);
  const double allowed = std::min(1.0, before + bounds.max_5xx_percent / 100);
  if (!exceeds(fresh.failed, fresh.requests, allowed)) return std::nullopt;
  return fmt::format("5xx {:.1f} % of {} requests, the old Version {:.1f} %",
                     100 * share(fresh.failed, fresh.requests), fresh.requests, 100 * before);
}

/// Steps are taken in favour of the new one: its latencies where they begin, the old one's where they end.
std::optional<std::string> too_slow(const Answers& fresh, const Answers& old, const EvidenceBounds& bounds) {
  if (bounds.max_p99_ratio >= kAnyRatio) return std::nullopt;
  const uint64_t all = heads(fresh);
  if (all < bounds.min_requests || heads(old) < bounds.min_requests) return std::nullopt;
  const Duration before = registry::latency_begin(p99_step(old) + 1);
  const auto scaled =
      Duration(static_cast<int64_t>(static_cast<double>(before.count()) * bounds.max_p99_ratio));
  const Duration limit = std::max<Duration>(scaled, before + kSlowerAtLeast);
  uint64_t slow = 0;
  for (const auto& [step, count] : fresh.heads)
    if (registry::latency_begin(step) >= limit) slow += count;
  if (!exceeds(slow, all, 1 - kP99)) return std::nullopt;
  return fmt::format("p99 {} of {} requests, the old Version {}",
                     in_ms(registry::latency_begin(p99_step(fresh))), all, in_ms(before));
}

}  // namespace

EvidenceBounds evidence_bounds(const model::UpdateSpec& update) {
  const model::EvidenceSpec& spec = update.evidence();
  namespace defaults = model::defaults;
  return {
      spec.has_max_5xx_percent() ? spec.max_5xx_percent() : defaults::kMax5xxPercent,
      spec.has_max_p99_ratio() ? spec.max_p99_ratio() : defaults::kMaxP99Ratio,
      spec.has_min_requests() ? spec.min_requests() : defaults::kMinRequests,
  };
}

registry::AnswersByVersion answers_of(const State& state, const ServiceRef& service) {
  registry::AnswersByVersion sum;
  const std::string name = service.to_string();
  for (const auto& [id, gateway] : state.gateways()) {
    const auto counted = gateway.value.answers.find(name);
    if (counted == gateway.value.answers.end()) continue;
    for (const auto& [version, answers] : counted->second) sum[version].merge(answers);
  }
  return sum;
}

std::optional<std::string> objection_to(uint32_t judged, uint32_t serving,
                                        const registry::AnswersByVersion& answers,
                                        const EvidenceBounds& bounds) {
  const auto fresh = answers.find(judged);
  if (fresh == answers.end()) return std::nullopt;
  const auto known = answers.find(serving);
  const Answers old = known == answers.end() ? Answers() : known->second;
  if (auto failures = too_many_failures(fresh->second, old, bounds)) return failures;
  return too_slow(fresh->second, old, bounds);
}

}  // namespace hancock::master
