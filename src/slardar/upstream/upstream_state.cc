#include "slardar/upstream/upstream_state.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "slardar/balance/mix.h"
#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr Duration kRest = 2s;
constexpr Duration kTrial = 1s;  // nobody else tries meanwhile: the default time to connect

// The first level keeps everything as long as so much of it is left that each server has at most 1.4 times
// its usual part; below that the rest goes on (as Envoy's priority levels).
constexpr double kOverload = 1.4;

/// The same address at another level is another server.
uint64_t identity_at(const Server& server, const Upstream::Level& level, size_t index) {
  const uint64_t salt = level.name.empty() ? index : std::hash<std::string>{}(level.name);
  return salt == 0 ? server.identity() : mixed(server.identity(), salt);
}

}  // namespace

bool TriedServers::has(uint64_t identity) const {
  return std::find(identities_.begin(), identities_.end(), identity) != identities_.end();
}

bool UpstreamState::take(const Upstream& upstream) {
  key = upstream.key;
  name = upstream.name;
  labels = upstream.labels;
  rules = upstream.rules;
  spill = upstream.spill;
  balance_script = upstream.balance_script;
  slow_start = upstream.slow_start;
  if (!upstream.is_compared) answers.reset();
  if (upstream.is_compared && !answers) answers = std::make_unique<AnswerCounts>();
  health = upstream.health;
  failures.clear();
  for (const auto& [code, good] : upstream.check.statuses)
    if (!good) failures.push_back(code);
  is_stale_ = true;
  healths.clear();
  for (const auto& level : health->levels)
    for (const PeerHealthPtr& each : level) healths.push_back(each.get());

  std::vector<Weighted> now;
  for (size_t i = 0; i < upstream.levels.size(); ++i)
    for (const Server& server : upstream.levels[i].servers)
      now.push_back({identity_at(server, upstream.levels[i], i), server.weight});
  fresh_ = balance != upstream.balance;
  if (!fresh_ && now == servers && levels.size() == upstream.levels.size()) return false;
  balance = upstream.balance;
  ++list;

  std::unordered_map<uint64_t, size_t> before;
  for (size_t place = 0; place < servers.size(); ++place) before[servers[place].identity] = place;
  std::vector<CodeCounts> counts(now.size());
  for (size_t place = 0; place < now.size(); ++place) {
    const auto known = before.find(now[place].identity);
    if (known != before.end()) counts[place] = std::move(codes[known->second]);
  }
  codes = std::move(counts);
  servers = std::move(now);

  std::vector<Level> levels_before = std::exchange(levels, {});
  for (const Upstream::Level& level : upstream.levels) {
    const size_t first = levels.empty() ? 0 : levels.back().first + levels.back().count;
    Level& made = levels.emplace_back(Level{level.name, first, level.servers.size(), nullptr});
    const size_t index = levels.size() - 1;
    const auto same = std::find_if(levels_before.begin(), levels_before.end(), [&](const Level& each) {
      const bool is_there = static_cast<size_t>(&each - levels_before.data()) == index;
      return level.name.empty() ? is_there && each.name.empty() : each.name == level.name;
    });
    if (!fresh_ && same != levels_before.end()) made.balancer = std::move(same->balancer);
    if (!made.balancer) made.balancer = balance->make();
    made.balancer->update(std::span(servers).subspan(made.first, made.count));
  }
  return true;
}

std::optional<size_t> UpstreamState::pick(const Wanted& wanted) {
  if (is_look_due(wanted.now)) look(wanted.now);
  auto place = pick_of_levels(wanted, Leave::kTriedAndResting);
  if (!place && any_resting_ && rules == Rules::kService)  // better one that rests than nobody
    place = pick_of_levels(wanted, Leave::kTried);
  if (place && peers[*place]->unreachable) {
    peers[*place]->rests_until = wanted.now + kTrial;
    is_stale_ = true;
  }
  return place;
}

std::optional<size_t> UpstreamState::pick_of_levels(const Wanted& wanted, Leave leave) {
  std::optional<size_t> place;
  for (const std::string& wanted_name : wanted.levels) {
    for (Level& level : levels)
      if (!place && level.name == wanted_name) place = pick_of(level, wanted, leave);
  }
  if (!wanted.levels.empty() || levels.empty()) return place;
  const size_t first = first_level(wanted);
  place = pick_of(levels[first], wanted, leave);
  for (size_t i = 0; !place && i < levels.size(); ++i)
    if (i != first) place = pick_of(levels[i], wanted, leave);
  return place;
}

// In turn, not by chance: of ten requests exactly those that are due go on.
size_t UpstreamState::first_level(const Wanted& wanted) {
  if (spill == Spill::kNever || first_level_share_ >= 1 || !wanted.tried.empty()) return 0;
  spilled_ += 1 - first_level_share_;
  if (spilled_ < 1) return 0;
  spilled_ -= 1;
  return 1;
}

std::optional<size_t> UpstreamState::pick_of(Level& level, const Wanted& wanted, Leave leave) {
  Choice choice;
  choice.left_out = left_out(level, wanted.tried, leave);
  choice.shares = shares_at(wanted.now);
  if (!choice.shares.empty()) choice.shares = choice.shares.subspan(level.first, level.count);
  choice.key = wanted.key;
  choice.now = wanted.now;
  choice.random = &wanted.random;
  auto place = ask_script(level, wanted, choice);
  if (!place) place = level.balancer->pick(choice);
  return place ? std::optional(level.first + *place) : std::nullopt;
}

std::optional<size_t> UpstreamState::ask_script(const Level& level, const Wanted& wanted,
                                                const Choice& choice) const {
  if (balance_script.empty() || !wanted.scripts) return std::nullopt;
  const BalanceView view{std::span(servers).subspan(level.first, level.count),
                         std::span(peers).subspan(level.first, level.count), choice};
  return wanted.scripts->pick(balance_script, view);
}

LeftOut UpstreamState::left_out(const Level& level, const TriedServers& tried, Leave leave) {
  const bool resting_too = any_resting_ && leave == Leave::kTriedAndResting;
  const LeftOut resting = resting_too ? LeftOut(resting_).subspan(level.first, level.count) : LeftOut();
  if (tried.empty()) return resting;
  left_out_.assign(level.count, 0);
  for (size_t i = 0; i < level.count; ++i)
    left_out_[i] = tried.has(servers[level.first + i].identity) || (resting_too && resting[i]);
  return left_out_;
}

// The number of changes is read first: what changes meanwhile is looked at next time.
void UpstreamState::look(TimePoint now) {
  seen_ = health->change();
  is_stale_ = false;
  look_again_ = kForever;
  const auto well = [&](size_t place) { return does_well(place, now); };
  size_t doing_well = 0;
  for (size_t place = 0; place < servers.size(); ++place) doing_well += well(place);
  const bool verdicts_count = rules == Rules::kCheckups || doing_well * 2 >= servers.size();
  resting_.assign(servers.size(), 0);
  any_resting_ = false;
  for (size_t place = 0; place < servers.size(); ++place) {
    resting_[place] = rests(place, now, verdicts_count);
    any_resting_ |= resting_[place] != 0;
  }
  if (spill == Spill::kNever || levels.empty()) return;
  uint64_t left = 0;
  uint64_t all = 0;
  for (size_t place = 0; place < levels.front().count; ++place) {
    all += servers[place].weight;
    if (!resting_[place]) left += servers[place].weight;
  }
  first_level_share_ = all == 0 ? 0 : kOverload * static_cast<double>(left) / static_cast<double>(all);
}

bool UpstreamState::does_well(size_t place, TimePoint now) const {
  return !peers[place]->unreachable && !peers[place]->ejection.holds(now) && healths[place]->is_usable(now);
}

/// Notes when to look again.
bool UpstreamState::rests(size_t place, TimePoint now, bool verdicts_count) {
  const Peer& peer = *peers[place];
  const PeerHealth& known = *healths[place];
  const auto holds_until = [&](bool holds, TimePoint end) {
    if (holds) look_again_ = std::min(look_again_, end);
    return holds;
  };
  const bool is_out = holds_until(known.is_out(now), known.out_until());
  const bool is_unreachable = holds_until(peer.unreachable && now < peer.rests_until, peer.rests_until);
  const bool is_ejected = holds_until(peer.ejection.holds(now), peer.ejection.until());
  return is_out || is_unreachable || (verdicts_count && (is_ejected || known.verdict() == Verdict::kErr));
}

std::optional<size_t> UpstreamState::place_of(uint64_t identity) const {
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [&](const Weighted& each) { return each.identity == identity; });
  if (found == servers.end()) return std::nullopt;
  return static_cast<size_t>(found - servers.begin());
}

UpstreamState::Level& UpstreamState::level_of(size_t place) {
  return *std::find_if(levels.begin(), levels.end(),
                       [&](const Level& each) { return place < each.first + each.count; });
}

void UpstreamState::began(size_t place) {
  Level& level = level_of(place);
  level.balancer->began(place - level.first);
}

void UpstreamState::ended(size_t place) {
  Level& level = level_of(place);
  level.balancer->ended(place - level.first);
}

void UpstreamState::note_head(size_t place, Duration took, TimePoint now) {
  Level& level = level_of(place);
  level.balancer->answered(place - level.first, took, now);
}

bool UpstreamState::note_failure(size_t place, TimePoint now) {
  Level& level = level_of(place);
  level.balancer->failed(place - level.first, now);
  return health->note_failure(*healths[place], now);
}

bool UpstreamState::may_eject(TimePoint now) const {
  size_t ejected = 0;
  size_t well = 0;
  for (size_t place = 0; place < peers.size(); ++place) {
    ejected += peers[place]->ejection.holds(now);
    well += does_well(place, now);
  }
  return (ejected + 1) * 2 <= peers.size() && well > 1;
}

bool UpstreamState::note_failed(Peer& peer, TimePoint now) {
  if (rules != Rules::kService || !peer.ejection.failed() || !may_eject(now)) return false;
  begin_slowly(peer, peer.ejection.eject(now));
  is_stale_ = true;
  return true;
}

void UpstreamState::begin_slowly(Peer& peer, TimePoint since) {
  peer.usable_since = since;
  warm_from = std::max(warm_from, since + slow_start);
}

void UpstreamState::note_reached(Peer& peer, TimePoint now) {
  if (!std::exchange(peer.unreachable, false)) return;
  begin_slowly(peer, now);
  is_stale_ = true;
}

uint32_t UpstreamState::share_of(size_t place, TimePoint now) const {
  if (slow_start == Duration(0)) return kWholeShare;
  return share_at(now - peers[place]->usable_since, slow_start);
}

Shares UpstreamState::shares_at(TimePoint now) {
  if (slow_start == Duration(0) || now >= warm_from) return {};
  shares_.resize(peers.size());
  for (size_t place = 0; place < peers.size(); ++place) shares_[place] = share_of(place, now);
  return shares_;
}

void UpstreamState::note_unreachable(Peer& peer, TimePoint now) {
  if (rules != Rules::kService) return;
  is_stale_ = true;
  peer.unreachable = true;
  peer.rests_until = now + kRest;
}

}  // namespace hancock::slardar
