#include "sim/master.h"

#include "master/core/fenced.h"
#include "master/core/latest_time.h"
#include "master/core/reports.h"

namespace hancock::sim {
namespace {

constexpr int kAttempts = 8;
constexpr size_t kDecisionsMax = 200;
constexpr Duration kSignOfLife = 2s;
constexpr Duration kAfterFailure = 200ms;
constexpr Duration kWatchForGaps = 1s;

/// A mistake that is built in.
void misplace(const Bug bug, const std::string& task_prefix, master::Change& change) {
  for (store::Operation& operation : change.operations) {
    const bool is_task =
        operation.kind == store::Operation::Kind::kPut && operation.key.starts_with(task_prefix);
    model::Task task;
    if (!is_task || !task.ParseFromString(operation.value)) continue;
    if (bug == Bug::kOneNodeForAll) task.set_node("node-1");
    if (bug == Bug::kStopsBeforeBarrier && task.intent() == model::TASK_INTENT_DRAIN)
      task.set_intent(model::TASK_INTENT_RELEASE);
    operation.value = task.SerializeAsString();
  }
}

void switch_early(const master::State& state, master::Change& change) {
  std::map<std::string, std::string> routes;
  for (const store::Operation& operation : change.operations) {
    model::Task task;
    const bool is_task = operation.key.starts_with(state.state_keys().task(""));
    if (!is_task || !task.ParseFromString(operation.value)) continue;
    const auto found = state.routes().find(master::service_of(task));
    if (found == state.routes().end() || found->second.value.split.contains(task.version())) continue;
    registry::Route route = found->second.value;
    route.split = {{task.version(), 1}};
    routes[state.keys().route(task.tenant(), task.app(), task.service())] = registry::encode(route);
  }
  for (const store::Operation& operation : change.operations) routes.erase(operation.key);
  for (const auto& [key, text] : routes) change.operations.push_back(store::Operation::put(key, text));
}

bool has_seen_later(const model::NodeReport& report, const master::Reign& reign) {
  return std::pair(report.epoch(), report.term()) > std::pair(reign.epoch, reign.term);
}

}  // namespace

Master::Master(Ground& ground, Network& network, StoreServer& store, std::string name)
    : ground_(ground),
      network_(network),
      store_(store),
      party_(ground.timeline, std::move(name)),
      machine_clock_(ground.timeline),
      candidate_(
          ground, store, party_, [this] { load(); }, [this] { end_reign(); }) {}

void Master::start() {
  party_.start();
  end_reign();
  candidate_.start();
}

WallTime Master::wall() const {
  return ground_.bug == Bug::kWallClockBelieved ? machine_clock_.wall() : clock_.wall();
}

void Master::end_reign() {
  is_serving_ = false;
  is_deciding_ = false;
  is_waiting_ = false;
  watch_.reset();
  decisions_.clear();
  streams_.clear();
}

void Master::load() {
  const auto loaded = [this](const Result<store::RangeResult>& all) {
    if (!candidate_.reign()) return;
    if (!all) return load();
    state_.load(all->items, all->revision);
    follow(store::Revision(all->revision.value() + 1));
    if (is_serving_) return work();
    is_serving_ = true;
    is_changed_ = true;
    numbered_ = 0;
    seen_ = {};
    clock_.take_over(master::latest_time(state_));
    contacts_ = master::Contacts(ground_.timeline.now());
    at_rest_ = {};
    give_signs_of_life(*candidate_.reign());
    watch_for_gaps(*candidate_.reign());
    work();
  };
  store_.range(party_, store::KeyRange::prefix(state_.keys().prefix()), loaded);
}

void Master::follow(store::Revision from) {
  watch_ = store_.watch(
      party_, store::KeyRange::prefix(state_.keys().prefix()), from,
      [this](const store::WatchBatch& batch) {
        if (batch.revision > state_.revision()) state_.apply(batch);
        is_changed_ = true;
        feed_streams();
        work();
      },
      [this] { load(); });
}

void Master::report(const model::NodeReport& report, Done<bool> answer) {
  if (!is_serving_ || has_seen_later(report, *candidate_.reign()))
    return answer(fail(ErrorCode::kUnavailable, "it does not lead"));
  contacts_.heard(report.node(), ground_.timeline.now());
  if (!contacts_.take_in_order(report))
    return answer(fail(ErrorCode::kConflict, "a later report of this Agent was taken before"));
  write(
      [report](const master::State& state, WallTime wall) -> Result<std::vector<master::Change>> {
        return master::apply_report(state, report, wall);
      },
      [this, node = report.node(), is_full = report.full(),
       answer = std::move(answer)](const Result<bool>& taken) {
        if (taken && is_full && !contacts_.has_reported(node)) {
          contacts_.reported(node);
          is_changed_ = true;
        }
        answer(taken);
      });
}

void Master::write(Decide decide, Done<bool> answer) {
  if (!is_serving_ || decisions_.size() >= kDecisionsMax)
    return answer(fail(ErrorCode::kUnavailable, "it does not lead"));
  decisions_.push_back(std::make_shared<Decision>(Decision{std::move(decide), std::move(answer)}));
  work();
}

/// One decision at a time, each from all that the one before has written.
void Master::work() {
  const bool is_early = ground_.bug == Bug::kDecidesTooEarly;
  if (!is_serving_ || is_deciding_ || (state_.revision() < seen_ && !is_early)) return;
  const bool is_due = is_changed_ || ground_.timeline.now() >= look_at_;
  if (!decisions_.empty() && !(was_report_ && is_due)) {
    was_report_ = true;
    is_deciding_ = true;
    return attempt(decisions_.front());
  }
  was_report_ = false;
  if (is_due) reconcile();
}

void Master::attempt(const std::shared_ptr<Decision>& decision) {
  auto changes = decision->decide(state_, wall());
  const Done<bool> end = [this, decision](Result<bool> result) {
    is_deciding_ = false;
    const bool again =
        !result && result.error().code == ErrorCode::kConflict && ++decision->attempts < kAttempts;
    if (!again) {
      decisions_.pop_front();
      decision->done(std::move(result));
    }
    work();
  };
  if (!changes) return end(forward_error(changes));
  commit(std::move(*changes), 0, end);
}

void Master::reconcile() {
  const TimePoint now = ground_.timeline.now();
  // A store that does not answer takes no reports either: nothing follows from silence then.
  if (!candidate_.may_act()) return wait_to_act();
  is_changed_ = false;
  contacts_.acting(now);
  master::Plan plan = master::reconcile(state_, contacts_, now, wall(), ground_.dice, at_rest_);
  at_rest_ = std::move(plan.at_rest);
  if (plan.next != look_at_ || look_at_ <= now) look_again(plan.next);
  if (plan.changes.empty()) {
    if (!decisions_.empty()) work();
    return;
  }
  is_deciding_ = true;
  commit(std::move(plan.changes), 0, [this](const Result<bool>& done) {
    is_deciding_ = false;
    is_changed_ = true;
    if (done || done.error().code == ErrorCode::kConflict) return work();
    party_.after(kAfterFailure, [this] { work(); });
  });
}

void Master::wait_to_act() {
  if (!std::exchange(is_waiting_, true))
    party_.after(kAfterFailure, [this] {
      is_waiting_ = false;
      work();
    });
  if (!decisions_.empty()) work();
}

void Master::look_again(TimePoint when) {
  look_at_ = when;
  if (when != kForever) party_.after(when - ground_.timeline.now(), [this] { work(); });
}

void Master::commit(std::vector<master::Change> changes, size_t next, Done<bool> done) {
  if (next >= changes.size()) return done(true);
  const int64_t first_event = std::max(numbered_, state_.last_event()) + 1;
  const auto events = static_cast<int64_t>(changes[next].events.size());
  const master::Reign reign = *candidate_.reign();
  ground_.trace.say("{}: {}", party_.name(), changes[next].why);
  store::Transaction transaction = transaction_of(std::move(changes[next]), first_event);
  const TimePoint sent = ground_.timeline.now();
  const auto committed = [=, this, changes = std::move(changes),
                          done = std::move(done)](const Result<store::TransactionResult>& result) mutable {
    if (candidate_.reign() != reign || !is_serving_) return;
    if (!result) return done(fail(result.error().code, "{}", result.error().message));
    seen_ = std::max(seen_, result->revision);
    if (!result->succeeded) return done(fail(ErrorCode::kConflict, "a guard did not hold"));
    candidate_.note_write(sent);
    if (events > 0) numbered_ = first_event + events - 1;
    commit(std::move(changes), next + 1, std::move(done));
  };
  store_.commit(party_, std::move(transaction), committed, reign.term);
}

store::Transaction Master::transaction_of(master::Change change, int64_t first_event) {
  const master::Reign& reign = *candidate_.reign();
  if (ground_.bug == Bug::kEventNumberSkipped && ground_.one_in(20)) ++first_event;
  if (ground_.bug == Bug::kDecidesTooEarly) change.guards.clear();
  if (ground_.bug == Bug::kOneNodeForAll || ground_.bug == Bug::kStopsBeforeBarrier)
    misplace(ground_.bug, state_.state_keys().task(""), change);
  if (ground_.bug == Bug::kSwitchesTooEarly) switch_early(state_, change);
  return master::fenced(std::move(change), state_.state_keys(),
                        store::Compare::unchanged(state_.state_keys().leader(), reign.fence),
                        {reign.epoch, first_event, wall()});
}

bool Master::open_stream(Party& agent, const std::string& node, Taken taken) {
  if (!is_serving_ || !candidate_.may_act()) return false;
  std::erase_if(streams_, [&](const auto& each) { return each->node == node; });
  streams_.push_back(std::make_unique<Stream>(
      Stream{&agent, agent.life(), node, std::move(taken), master::AssignmentFeed(node)}));
  feed(*streams_.back(), false);
  return true;
}

void Master::feed_streams() {
  for (const auto& stream : streams_) feed(*stream, false);
}

/// A line that is lost is the end of its stream: they are one connection.
void Master::feed(Stream& stream, bool with_sign_of_life) {
  if (!candidate_.may_act()) return;
  auto line = stream.feed.next(state_, *candidate_.reign(), {});
  if (!line && with_sign_of_life) line = stream.feed.sign_of_life(state_, *candidate_.reign());
  if (!line) return;
  const bool is_lost = !network_.joins(party_, *stream.agent) || ground_.of_thousand(ground_.weather.lost);
  if (is_lost) {
    stream.life = 0;  // no life has this number
    return;
  }
  contacts_.heard(stream.node, ground_.timeline.now());
  const TimePoint arrival =
      std::max(ground_.timeline.now() + network_.delay(), stream.last_arrival + Duration(1));
  stream.last_arrival = arrival;
  stream.agent->in_life(stream.life, arrival - ground_.timeline.now(),
                        [taken = stream.taken, line = std::move(*line)] { taken(line); });
}

void Master::watch_for_gaps(const master::Reign& reign) {
  if (!is_serving_ || candidate_.reign() != reign) return;
  if (candidate_.may_act()) contacts_.acting(ground_.timeline.now());
  party_.after(kWatchForGaps, [this, reign] { watch_for_gaps(reign); });
}

void Master::give_signs_of_life(const master::Reign& reign) {
  if (!is_serving_ || candidate_.reign() != reign) return;
  for (const auto& stream : streams_) feed(*stream, true);
  std::erase_if(streams_, [](const auto& each) { return each->life == 0; });
  party_.after(kSignOfLife, [this, reign] { give_signs_of_life(reign); });
}

}  // namespace hancock::sim
