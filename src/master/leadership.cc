#include "master/leadership.h"

#include "base/log.h"
#include "hancock/model.pb.h"
#include "model/time.h"
#include "registry/records.h"

namespace hancock::master {

using store::Compare;
using store::Operation;

Leadership::Leadership(io::Loop& loop, const Clock& clock, store::Store& store, LeadershipOptions options)
    : loop_(loop), clock_(clock), store_(store), options_(std::move(options)), changed_(loop) {}

bool Leadership::may_act() const { return reign_ && clock_.now() - last_write_ < options_.effect_limit; }

Compare Leadership::fence(const Reign& reign) const { return Compare::unchanged(leader_key(), reign.fence); }

void Leadership::note_write(const Sending& sending, store::Revision revision) {
  if (revision <= sending.known) return store_was_restored();
  last_write_ = std::max(last_write_, sending.at);
  known_ = std::max(known_, revision);
}

io::Async<void> Leadership::run() {
  while (true) {
    const TimePoint next = loop_.now() + options_.heartbeat;
    if (reign_) {
      co_await beat();
    } else {
      co_await campaign();
    }
    co_await loop_.sleep_until(next);
  }
}

// One fenced write; with the Registry's beat when a second has passed.
io::Async<void> Leadership::beat() {
  const Reign reign = *reign_;
  const Sending sending = this->sending();
  store::Transaction transaction;
  transaction.compares.push_back(fence(reign));
  // Grows over all reigns: the store's revision at a takeover is beyond every count before it.
  const std::string count = std::to_string(reign.fence.value() + ++beats_);
  transaction.operations.push_back(Operation::put(heartbeat_key(), count));
  const bool due = sending.at - last_beat_ >= options_.beat;
  if (due) {
    const registry::Beat beat{reign.epoch, reign.fence.value() + beats_};
    transaction.operations.push_back(Operation::put(options_.keys.beat(), registry::encode(beat)));
  }

  auto result = co_await store_.commit(std::move(transaction), loop_.now() + options_.store_deadline);
  if (reign_ != reign) co_return;
  if (!result) {
    log::warn("leadership", "heartbeat: {}", result.error().message);
    co_return;
  }
  if (!result->succeeded) {
    step_down("another Master has taken over");
    co_return;
  }
  note_write(sending, result->revision);
  if (due) last_beat_ = sending.at;
}

io::Async<void> Leadership::campaign() {
  auto seen = co_await look();
  if (!seen) {
    seen_.reset();  // the clock starts anew: a store that stalls is nobody's coup
    co_return;
  }
  const bool moved = !seen_ || seen_->leader != seen->leader || seen_->heartbeat != seen->heartbeat;
  if (moved) {
    seen->since = clock_.now();
    seen_ = *seen;
  }
  if (!may_try(*seen_)) co_return;
  const bool probed = co_await probe();
  if (!probed) {
    seen_.reset();
    co_return;
  }
  co_await take_over(seen->leader);
}

io::Async<std::optional<Leadership::Seen>> Leadership::look() {
  Seen seen;
  const TimePoint deadline = loop_.now() + options_.silence;
  store::KeyRange leader_range = store::KeyRange::key(leader_key());
  auto record = co_await store_.range(std::move(leader_range), deadline);
  if (!record) co_return std::nullopt;
  store::KeyRange heartbeat_range = store::KeyRange::key(heartbeat_key());
  auto heartbeat = co_await store_.range(std::move(heartbeat_range), deadline);
  if (!heartbeat) co_return std::nullopt;
  if (!heartbeat->items.empty()) seen.heartbeat = heartbeat->items.front().mod_revision;
  leader_.reset();
  if (!record->items.empty()) {
    const store::KeyValue& item = record->items.front();
    seen.leader = item.mod_revision;
    model::Leader leader;
    if (!leader.ParseFromString(item.value)) {
      // Without its term no later one can be given: nobody leads until an operator has looked.
      log::error("leadership", "the leader record at revision {} cannot be read", seen.leader.value());
      co_return std::nullopt;
    }
    leader_ = LeaderView{leader.epoch(), leader.term(), leader.master(), leader.address()};
  }
  co_return seen;
}

bool Leadership::may_try(const Seen& seen) const {
  if (seen.leader.value() == 0) return true;                                    // nobody has led yet
  if (!has_led_ && leader_ && leader_->master == options_.master) return true;  // ourselves, before a restart
  const Duration patience = options_.silence + options_.silence_step * options_.rank;
  return seen.since && clock_.now() - *seen.since >= patience;
}

io::Async<bool> Leadership::probe() {
  store::Transaction transaction;
  transaction.operations.push_back(Operation::put(probe_key(), std::to_string(seen_->heartbeat.value())));
  auto result = co_await store_.commit(std::move(transaction), loop_.now() + options_.silence);
  co_return result && result->succeeded;
}

io::Async<void> Leadership::take_over(store::Revision leader_revision) {
  model::Leader record;
  record.set_epoch(std::max<int64_t>(leader_ ? leader_->epoch : 1, epoch_min_));
  record.set_term(leader_ ? leader_->term + 1 : 1);
  record.set_master(options_.master);
  record.set_address(options_.address);
  *record.mutable_since() = model::to_proto(clock_.wall());

  const TimePoint sent = clock_.now();
  store::Transaction transaction;
  transaction.compares.push_back(Compare::unchanged(leader_key(), leader_revision));
  transaction.operations.push_back(Operation::put(leader_key(), record.SerializeAsString()));
  auto result = co_await store_.commit(std::move(transaction), loop_.now() + options_.store_deadline);
  seen_.reset();
  if (!result) {
    log::warn("leadership", "takeover: {}", result.error().message);
    co_return;
  }
  if (!result->succeeded) co_return;  // another was quicker
  reign_ = Reign{record.epoch(), record.term(), result->revision};
  leader_ = LeaderView{record.epoch(), record.term(), record.master(), record.address()};
  has_led_ = true;
  beats_ = 0;
  known_ = result->revision;
  last_write_ = std::max(last_write_, sent);
  log::info("leadership", "{} leads: epoch {}, term {}, fence {}", options_.master, reign_->epoch,
            reign_->term, reign_->fence.value());
  changed_.set();
}

void Leadership::store_was_restored(int64_t seen) {
  // What gateways and readers have seen of the epoch that is over must not count for what comes.
  if (leader_) seen = std::max(seen, leader_->epoch);
  if (reign_) seen = std::max(seen, reign_->epoch);
  epoch_min_ = std::max(epoch_min_, seen + 1);
  ++restores_;
  if (reign_) step_down("the store was restored from an older copy");
}

void Leadership::step_down(std::string_view why) {
  log::warn("leadership", "{} no longer leads term {}: {}", options_.master, reign_->term, why);
  reign_.reset();
  leader_.reset();
  seen_.reset();
  changed_.set();
}

}  // namespace hancock::master
