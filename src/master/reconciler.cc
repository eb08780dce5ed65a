#include "master/reconciler.h"

#include "base/log.h"
#include "master/core/latest_time.h"

namespace hancock::master {
namespace {

constexpr Duration kDebounce = 5ms;
constexpr Duration kTick = 500ms;
constexpr Duration kAfterFailure = 200ms;
constexpr Duration kAfterConflictFirst = 5ms;
constexpr Duration kAfterConflictMax = 1s;
constexpr Duration kLookAtLeader = 200ms;
constexpr Duration kRoundDeadline = 5s;
constexpr Duration kHousekeepingEvery = 10s;
constexpr Duration kHousekeepingSoon = 200ms;
constexpr Duration kAsideFirst = 10s;
constexpr Duration kAsideMax = 10min;

std::string key_of(const Change& change) {
  return change.operations.empty() ? std::string() : change.operations.front().key;
}

// Nothing that time or another look could mend.
bool is_final(const Error& error) {
  return error.code == ErrorCode::kInvalid || error.code == ErrorCode::kTooLarge;
}

int64_t epoch_of_last_event(const State& state) {
  if (state.events().empty()) return 0;
  const model::EventBatch& newest = std::prev(state.events().end())->second.value;
  if (newest.events().empty()) return 0;
  const auto place = parse_place(newest.events().rbegin()->id(), 0);
  return place ? place->epoch : 0;
}

}  // namespace

Reconciler::Reconciler(Parts parts, std::function<Result<Change>(const State&)> first)
    : parts_(parts), first_(std::move(first)) {}

bool Reconciler::serving() const { return reign_ && reign_ == parts_.leadership.reign(); }

void Reconciler::heard(std::string_view node) {
  if (!contacts_) return;
  const TimePoint now = parts_.clock.now();
  const bool was_missed = now - contacts_->last(node) >= kSuspectAfter;
  contacts_->heard(node, now);
  if (was_missed) next_ = now;
}

void Reconciler::reported(std::string_view node) {
  if (!contacts_ || contacts_->has_reported(node)) return;
  contacts_->reported(node);
  next_ = parts_.clock.now();
}

io::Async<void> Reconciler::run() {
  while (true) {
    const uint64_t seen = parts_.replica.changes();
    Round round = Round::kQuiet;
    if (!parts_.leadership.reign()) {
      waiting_.clear();
    } else if (!serving()) {
      round = co_await begin();
    } else {
      round = co_await this->round();
    }
    if (round == Round::kFailed) {
      co_await parts_.loop.sleep_for(kAfterFailure);
    } else if (round == Round::kQuiet) {
      co_await wait_for_work(seen);
    }
  }
}

// A new reign: nothing is decided before State shows what the takeover stands on.
io::Async<Reconciler::Round> Reconciler::begin() {
  const Reign reign = *parts_.leadership.reign();
  if (restores_ != parts_.leadership.restores()) {
    restores_ = parts_.leadership.restores();
    parts_.replica.forget();
  }
  const TimePoint deadline = parts_.loop.now() + kRoundDeadline;
  const bool reached = co_await parts_.replica.reach(reign.fence, deadline);
  if (!reached) {
    log::warn("reconciler", "the mirror has not reached the takeover at revision {} yet",
              reign.fence.value());
    co_return Round::kFailed;
  }
  parts_.clock.take_over(latest_time(parts_.replica.state()));
  const Decisions::Decide decide = [this, reign](const State& state) -> Result<std::vector<Change>> {
    auto change = first_(state);
    if (!change) return forward_error(change);
    std::vector<Change> changes;
    changes.push_back(std::move(*change));
    model::Event event;
    event.set_kind("leader.elected");
    event.set_cause(state.last_event() > 0 && epoch_of_last_event(state) < reign.epoch ? "restore"
                                                                                       : "takeover");
    event.set_message(
        fmt::format("{} leads, epoch {}, term {}", state.leader().value.master(), reign.epoch, reign.term));
    changes.back().events.push_back(std::move(event));
    return changes;
  };
  auto written = co_await parts_.decisions.write(decide, deadline);
  if (!written) {
    log::warn("reconciler", "beginning of term {}: {}", reign.term, written.error().message);
    co_return Round::kFailed;
  }
  if (parts_.leadership.reign() != reign) co_return Round::kFailed;
  reign_ = reign;
  contacts_.emplace(parts_.clock.now());
  witnesses_.emplace(reign.epoch, reign.term);
  aside_.clear();
  at_rest_ = {};
  housekeeping_at_ = {};
  co_return Round::kAgain;
}

io::Async<Reconciler::Round> Reconciler::round() {
  const Turn turn = co_await parts_.decisions.take();
  if (auto ready = co_await parts_.decisions.ready(parts_.loop.now() + kRoundDeadline); !ready) {
    log::warn("reconciler", "{}", ready.error().message);
    co_return Round::kFailed;
  }
  const bool is_complete = co_await knows_all_gateways();
  if (!is_complete) co_return Round::kFailed;
  // A store that does not answer takes no reports either: nothing follows from silence then.
  if (!serving() || !parts_.leadership.may_act()) co_return Round::kFailed;
  const TimePoint now = parts_.clock.now();
  contacts_->acting(now);
  Plan plan =
      reconcile(parts_.replica.state(), *contacts_, now, parts_.clock.wall(), parts_.random, at_rest_);
  at_rest_ = std::move(plan.at_rest);
  waiting_ = std::move(plan.waiting);
  next_ = plan.next;
  std::erase_if(plan.changes, [&](const Change& change) {
    const auto aside = aside_.find(key_of(change));
    if (aside == aside_.end() || aside->second.until <= now) return false;
    next_ = std::min(next_, aside->second.until);
    return true;
  });
  for (Change& change : housekeeping()) plan.changes.push_back(std::move(change));
  if (plan.changes.empty()) co_return Round::kQuiet;
  co_return co_await commit(std::move(plan.changes));
}

// Where Tasks are leaving, one linearizable read says who has to let go of them: the watch may have lost a
// gateway.
io::Async<bool> Reconciler::knows_all_gateways() {
  if (parts_.replica.state().barriers().empty()) co_return true;
  const std::string prefix = parts_.replica.state().keys().gateways();
  const TimePoint deadline = parts_.loop.now() + kRoundDeadline;
  store::KeyRange gateways = store::KeyRange::prefix(prefix);
  auto listed = co_await parts_.store.range(std::move(gateways), deadline);
  if (!listed) co_return false;
  const bool reached = co_await parts_.replica.reach(listed->revision, deadline);
  if (!reached) co_return false;
  const State& state = parts_.replica.state();
  for (const store::KeyValue& item : listed->items) {
    if (state.gateways().contains(item.key.substr(prefix.size())) || state.is_unreadable(item.key)) continue;
    parts_.replica.mistrust();  // or it has gone since: then the next look agrees
    co_return false;
  }
  co_return true;
}

// Each on its own: one whose guards do not hold is nobody else's loss. When none can be made, what State says
// is behind the store, or somebody is quicker every time: with growing pauses.
io::Async<Reconciler::Round> Reconciler::commit(std::vector<Change> changes) {
  bool any = false;
  for (Change& change : changes) {
    std::string key = key_of(change);
    std::string why = change.why;
    auto revision = co_await parts_.committer.commit(std::move(change));
    if (revision) {
      any = true;
      aside_.erase(key);
    } else if (is_final(revision.error())) {
      any = true;
      co_await set_aside(std::move(key), std::move(why), revision.error().message);
    } else if (revision.error().code != ErrorCode::kConflict || !serving()) {
      co_return Round::kFailed;
    }
  }
  if (any) {
    after_conflict_ = kAfterConflictFirst;
    co_return Round::kAgain;
  }
  co_await parts_.loop.sleep_for(after_conflict_);
  after_conflict_ = std::min(after_conflict_ * 2, kAfterConflictMax);
  co_return Round::kAgain;
}

io::Async<void> Reconciler::set_aside(std::string key, std::string why, std::string reason) {
  log::error("reconciler", "set aside: {}: {}", why, reason);
  parts_.metrics.count_set_aside();
  Aside& aside = aside_[key];
  aside.pause = std::clamp(aside.pause * 2, kAsideFirst, kAsideMax);
  aside.until = parts_.clock.now() + aside.pause;
  Change note;
  note.why = "note of a change set aside";
  model::Event event;
  event.set_kind("change.set_aside");
  event.set_cause(why);
  event.set_message(fmt::format("{}: {}; tried again in {} s", key, reason, aside.pause / 1s));
  note.events.push_back(std::move(event));
  if (auto noted = co_await parts_.committer.commit(std::move(note)); !noted) {
    log::warn("reconciler", "{}", noted.error().message);
  }
}

io::Async<void> Reconciler::watch_for_gaps() {
  while (true) {
    if (contacts_ && parts_.leadership.may_act()) contacts_->acting(parts_.clock.now());
    look_at_witnesses();
    co_await parts_.loop.sleep_for(kTick);
  }
}

bool Reconciler::take_testimony(const model::NodeReport& report) {
  if (!serving()) return false;
  const size_t before = witnesses_->who().size();
  const bool is_ahead = witnesses_->hear(report, parts_.replica.state());
  if (witnesses_->who().size() > before) testified_ = parts_.clock.now();
  return !is_ahead;
}

// What they have seen may be of another Master that has just taken over: not after a write of ours that was
// sent since.
void Reconciler::look_at_witnesses() {
  if (!serving() || !parts_.leadership.may_act()) return;
  const State& state = parts_.replica.state();
  const size_t before = witnesses_->who().size();
  witnesses_->look(state);
  if (witnesses_->who().size() > before) testified_ = parts_.clock.now();
  const auto seen = witnesses_->agreed(state);
  if (!seen || !parts_.leadership.led_after(testified_)) return;
  for (const auto& [who, until] : witnesses_->who())
    log::warn("reconciler", "{} has seen more of the store than there is", who);
  parts_.leadership.store_was_restored(*seen);
}

io::Async<void> Reconciler::watch_for_restores() {
  uint64_t seen = parts_.replica.restores();
  while (true) {
    co_await parts_.replica.moved().wait(kForever);
    if (parts_.replica.restores() == seen) continue;
    seen = parts_.replica.restores();
    parts_.leadership.store_was_restored();
  }
}

std::vector<Change> Reconciler::housekeeping() {
  std::vector<Change> changes;
  const TimePoint now = parts_.clock.now();
  if (now >= housekeeping_at_) {
    housekeeping_at_ = now + kHousekeepingEvery;
    const State& state = parts_.replica.state();
    if (auto change = trim_events(state, limits_, parts_.clock.wall())) changes.push_back(std::move(*change));
    if (auto change = trim_replies(state, limits_, parts_.clock.wall()))
      changes.push_back(std::move(*change));
    if (!changes.empty()) housekeeping_at_ = now + kHousekeepingSoon;  // there may be more
  }
  next_ = std::min(next_, housekeeping_at_);
  return changes;
}

// Until something that matters has changed, the leader has, or something is due.
io::Async<void> Reconciler::wait_for_work(uint64_t seen) {
  const std::optional<Reign> reign = parts_.leadership.reign();
  while (parts_.replica.changes() == seen && parts_.leadership.reign() == reign) {
    const TimePoint now = parts_.clock.now();
    const TimePoint due = reign ? next_ : kForever;
    if (due <= now) break;
    // Not longer than that: a reign may begin or end without a change of ours.
    const Duration span = std::min<Duration>(due - now, kLookAtLeader);
    co_await parts_.replica.changed().wait(parts_.loop.now() + span);
  }
  co_await parts_.loop.sleep_for(kDebounce);
}

}  // namespace hancock::master
