#include "sim/store_server.h"

#include <algorithm>

#include "registry/keys.h"

namespace hancock::sim {
namespace {

constexpr Duration kLookAgainAt = 500ms;  // at a watch whose way is blocked
constexpr Duration kLateMin = 100ms;
constexpr Duration kLateMax = 10s;
const store::KeyRange kEverything = store::KeyRange::prefix("/");

store::Revision after(store::Revision revision) { return store::Revision(revision.value() + 1); }

}  // namespace

class StoreServer::Watch {
 public:
  Party* to = nullptr;
  uint64_t life = 0;
  store::KeyRange range;
  store::Revision next;
  OnBatch on_batch;
  OnEnd on_end;
  bool is_pending = false;  // something is to be brought
  bool is_on_its_way = false;
  bool is_broken = false;
};

StoreServer::StoreServer(Ground& ground, Network& network)
    : ground_(ground), network_(network), party_(ground.timeline, "store") {
  party_.start();
}

void StoreServer::commit(Party& from, store::Transaction transaction, Done<store::TransactionResult> done,
                         int64_t term) {
  std::function<void(Done<store::TransactionResult>)> handle =
      [this, &from, transaction = std::move(transaction), term](const auto& answer) {
        if (!ground_.of_thousand(ground_.weather.late)) return answer(execute(transaction, &from, term));
        party_.after(ground_.between(kLateMin, kLateMax),
                     [this, &from, transaction, term, answer] { answer(execute(transaction, &from, term)); });
      };
  network_.call<store::TransactionResult>(from, party_, kCallTimeout, std::move(handle), std::move(done));
}

bool StoreServer::is_passed_over(const std::string& key) const {
  const registry::Keys keys;
  return (ground_.bug == Bug::kFenceIgnored && key == keys.state() + "leader") ||
         (ground_.bug == Bug::kNodeFenceIgnored && key.starts_with(keys.nodes()));
}

Result<store::TransactionResult> StoreServer::execute(store::Transaction transaction, const Party* from,
                                                      int64_t term) {
  expire_leases();
  if (ground_.bug != Bug::kNone)
    std::erase_if(transaction.compares,
                  [this](const store::Compare& each) { return is_passed_over(each.key); });
  const store::Revision before = space_.revision();
  auto result = space_.commit(transaction);
  changed(before, from, term);
  return result;
}

void StoreServer::range(Party& from, store::KeyRange range, Done<store::RangeResult> done) {
  std::function<void(Done<store::RangeResult>)> handle = [this,
                                                          range = std::move(range)](const auto& answer) {
    expire_leases();
    answer(space_.range(range));
  };
  network_.call<store::RangeResult>(from, party_, kCallTimeout, std::move(handle), std::move(done));
}

void StoreServer::grant_lease(Party& from, Duration ttl, Done<store::LeaseId> done) {
  std::function<void(Done<store::LeaseId>)> handle = [this, ttl](const auto& answer) {
    const store::LeaseId lease = space_.grant_lease(ttl, ground_.timeline.now());
    wait_for_expiry();
    answer(lease);
  };
  network_.call<store::LeaseId>(from, party_, kCallTimeout, std::move(handle), std::move(done));
}

void StoreServer::keep_alive(Party& from, store::LeaseId lease, Done<bool> done) {
  std::function<void(Done<bool>)> handle = [this, lease](const auto& answer) {
    expire_leases();
    answer(space_.keep_alive(lease, ground_.timeline.now()).has_value());
  };
  network_.call<bool>(from, party_, kCallTimeout, std::move(handle), std::move(done));
}

void StoreServer::expire_leases() {
  const store::Revision before = space_.revision();
  space_.expire(ground_.timeline.now());
  changed(before, nullptr, 0);
}

void StoreServer::wait_for_expiry() {
  const TimePoint next = space_.next_expiry();
  if (next >= expiry_ || next == kForever) return;
  expiry_ = next;
  ground_.timeline.at(next, [this] {
    expiry_ = kForever;
    if (!party_.is_paused()) expire_leases();
    const TimePoint due = space_.next_expiry();
    if (due <= ground_.timeline.now())
      ground_.timeline.after(kLookAgainAt, [this] { wait_for_expiry(); });  // it stalls
    else
      wait_for_expiry();
  });
}

/// Several leases may have ended: a revision each.
void StoreServer::changed(store::Revision before, const Party* writer, int64_t term) {
  if (space_.revision() == before) return;
  auto events = space_.events(kEverything, after(before));
  store::WatchBatch batch{events ? std::move(*events) : std::vector<store::WatchEvent>{}, space_.revision()};
  if (on_commit_) on_commit_({batch, writer, term});
  std::erase_if(watches_, [](const auto& each) { return each.expired(); });
  for (const auto& each : std::vector(watches_)) {
    const auto watch = each.lock();
    if (!watch) continue;
    watch->is_pending |= std::any_of(batch.events.begin(), batch.events.end(), [&](const auto& event) {
      return watch->range.contains(event.item.key);
    });
    if (watch->is_pending) pump(watch);
  }
}

std::shared_ptr<StoreServer::Watch> StoreServer::watch(Party& from, store::KeyRange range,
                                                       store::Revision first, OnBatch batch, OnEnd end) {
  auto watch = std::make_shared<Watch>();
  watch->to = &from;
  watch->life = from.life();
  watch->range = std::move(range);
  watch->next = first;
  watch->on_batch = std::move(batch);
  watch->on_end = std::move(end);
  watch->is_pending = true;
  watches_.push_back(watch);
  pump(watch);
  return watch;
}

void StoreServer::pump(const std::shared_ptr<Watch>& watch) {
  if (watch->is_on_its_way || watch->is_broken) return;
  watch->is_on_its_way = true;
  const bool is_blocked = party_.is_paused() || !network_.joins(party_, *watch->to);
  const Duration span = is_blocked ? kLookAgainAt : network_.delay();
  const std::weak_ptr<Watch> weak = watch;
  watch->to->in_life(watch->life, span, [this, weak, is_blocked] {
    const auto alive = weak.lock();
    if (!alive || alive->is_broken) return;
    alive->is_on_its_way = false;
    if (is_blocked) return pump(alive);
    deliver(alive);
  });
}

void StoreServer::deliver(const std::shared_ptr<Watch>& watch) {
  watch->is_pending = false;
  auto events = space_.events(watch->range, watch->next);
  if (!events) {
    watch->is_broken = true;
    return watch->on_end();
  }
  watch->next = after(space_.revision());
  if (ground_.bug == Bug::kWatchSkips && !events->empty() && ground_.one_in(10)) events->pop_back();
  watch->on_batch({std::move(*events), space_.revision()});
}

void StoreServer::compact() {
  ground_.trace.say("store: history before {} is compacted", space_.revision().value());
  space_.compact(space_.revision());
}

void StoreServer::break_watches() {
  ground_.trace.say("store: all watches break");
  for (const auto& each : watches_) {
    const auto watch = each.lock();
    if (!watch || watch->is_broken) continue;
    watch->is_broken = true;
    watch->to->in_life(watch->life, network_.delay(), [watch] { watch->on_end(); });
  }
}

}  // namespace hancock::sim
