#include "slardar/balance/least_conn.h"

#include <algorithm>
#include <limits>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr uint64_t kUnit = 1 << 10;                   // what one try, and one turn, count for the heaviest
constexpr uint64_t kHalf = UINT32_MAX;                // the most that load or turn count
constexpr uint64_t kTurnMax = 1ULL << 31;             // then turns are counted from 0 again
constexpr uint64_t kNeverPicked = Tournament::kLast;  // who weighs nothing

}  // namespace

void LeastConn::update(std::span<const Weighted> servers) {
  const std::vector<size_t> before = loads_.update(servers);
  std::vector<uint64_t> turns;
  for (const size_t place : before) turns.push_back(place == SIZE_MAX ? turn_ : turns_[place]);
  turns_ = std::move(turns);
  heaviest_ = 0;
  for (const Weighted& server : servers) heaviest_ = std::max(heaviest_, uint64_t{server.weight});
  units_.clear();
  for (size_t place = 0; place < servers.size(); ++place)
    units_.push_back(servers[place].weight == 0 ? 0 : unit_at(place, kWholeShare));
  ranks_ = Tournament(turns_.size());
  for (size_t place = 0; place < turns_.size(); ++place) rank(place);
}

// A share of less than all makes it as much lighter.
uint64_t LeastConn::unit_at(size_t place, uint64_t share) const {
  return kUnit * heaviest_ * kWholeShare / (loads_.weight(place) * share);
}

uint64_t LeastConn::unit_of(size_t place, uint64_t share) const {
  return share == kWholeShare ? units_[place] : unit_at(place, share);
}

uint64_t LeastConn::rank_of(size_t place, uint64_t share) const {
  if (loads_.weight(place) == 0) return kNeverPicked;
  const uint64_t load = std::min(kHalf, loads_.of(place) * unit_of(place, share));
  return load << 32 | std::min(kHalf, turns_[place]);
}

void LeastConn::rank(size_t place) { ranks_.set(place, rank_of(place, kWholeShare)); }

std::optional<size_t> LeastConn::pick(const Choice& choice) {
  if (ranks_.lowest() == kNeverPicked) return std::nullopt;
  const bool is_winner = choice.shares.empty() && !choice.leaves_out(ranks_.winner());
  const auto best = is_winner ? std::optional(ranks_.winner()) : best_of_some(choice);
  if (best) put_off(*best, choice.shares.empty() ? kWholeShare : choice.shares[*best]);
  return best;
}

std::optional<size_t> LeastConn::best_of_some(const Choice& choice) const {
  std::optional<size_t> best;
  uint64_t lowest = kNeverPicked;
  for (size_t place = 0; place < turns_.size(); ++place) {
    if (choice.leaves_out(place)) continue;
    const uint64_t rank = choice.shares.empty() ? ranks_.rank(place) : rank_of(place, choice.shares[place]);
    if (rank >= lowest) continue;
    lowest = rank;
    best = place;
  }
  return best;
}

// Who was loaded for long has not saved up turns meanwhile.
void LeastConn::put_off(size_t place, uint64_t share) {
  turn_ = std::max(turn_, turns_[place]);
  turns_[place] = turn_ + unit_of(place, share);
  rank(place);
  if (turn_ < kTurnMax) return;
  for (uint64_t& turn : turns_) turn -= std::min(turn, turn_);
  turn_ = 0;
  for (size_t each = 0; each < turns_.size(); ++each) rank(each);
}

void LeastConn::began(size_t place) {
  loads_.began(place);
  rank(place);
}

void LeastConn::ended(size_t place) {
  loads_.ended(place);
  rank(place);
}

}  // namespace hancock::slardar
