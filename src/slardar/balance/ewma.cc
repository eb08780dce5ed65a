#include "slardar/balance/ewma.h"

#include <cmath>

namespace hancock::slardar {
namespace {

double seconds_between(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(std::max(to - from, Duration(0))).count();
}
// By so much the one drawn second has to be better: else the one whose last answer is older, and so more
// faded, would always win, and weights would count for nothing.
constexpr double kClearly = 1.25;

const double kFadesSeconds = std::chrono::duration<double>(Ewma::kFades).count();

}  // namespace

void Ewma::update(std::span<const Weighted> servers) {
  draw_.update(servers);
  std::vector<Seen> seen;
  for (const size_t before : loads_.update(servers))
    seen.push_back(before == SIZE_MAX ? Seen() : seen_[before]);
  seen_ = std::move(seen);
}

std::optional<size_t> Ewma::pick(const Choice& choice) {
  const auto first = draw_.draw(choice);
  if (!first) return std::nullopt;
  const auto second = draw_.draw(choice, first);
  if (!second) return first;
  const bool both_known = seen_[*first].average_ns > 0 && seen_[*second].average_ns > 0;
  const bool is_first = both_known ? cost(*first, choice.now) <= kClearly * cost(*second, choice.now)
                                   : loads_.is_lighter(*first, *second);
  return is_first ? first : second;
}

double Ewma::cost(size_t place, TimePoint now) const {
  const double load = 1 + static_cast<double>(loads_.of(place)) / loads_.weight(place);
  return faded(seen_[place], now) * load;
}

double Ewma::faded(const Seen& seen, TimePoint now) {
  return seen.average_ns * std::exp(-seconds_between(seen.when, now) / kFadesSeconds);
}

void Ewma::note(size_t place, Duration took, TimePoint now) {
  Seen& seen = seen_[place];
  const double sample = std::max(1.0, static_cast<double>(took.count()));
  const double kept = std::exp(-seconds_between(seen.when, now) / kFadesSeconds);
  seen.average_ns = sample >= seen.average_ns * kept ? sample : seen.average_ns * kept + sample * (1 - kept);
  seen.when = now;
}

}  // namespace hancock::slardar
