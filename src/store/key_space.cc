#include "store/key_space.h"

#include <algorithm>

namespace hancock::store {
namespace {

Revision after(Revision revision) { return Revision(revision.value() + 1); }

}  // namespace

RangeResult KeySpace::range(const KeyRange& range) const {
  RangeResult result{{}, revision_};
  for (auto at = items_.lower_bound(range.begin); at != items_.end() && range.contains(at->first); ++at)
    result.items.push_back(at->second.item);
  return result;
}

bool KeySpace::holds(const Compare& compare) const {
  const auto found = items_.find(compare.key);
  int64_t actual = 0;
  if (found != items_.end()) {
    const KeyValue& item = found->second.item;
    actual = compare.target == Compare::Target::kModRevision      ? item.mod_revision.value()
             : compare.target == Compare::Target::kCreateRevision ? item.create_revision.value()
                                                                  : item.version;
  }
  switch (compare.relation) {
    case Compare::Relation::kEqual:
      return actual == compare.operand;
    case Compare::Relation::kGreater:
      return actual > compare.operand;
    case Compare::Relation::kLess:
      return actual < compare.operand;
    case Compare::Relation::kNotEqual:
      return actual != compare.operand;
  }
  return false;
}

Result<TransactionResult> KeySpace::commit(const Transaction& transaction) {
  if (auto checked = check(transaction); !checked) return forward_error(checked);
  const auto& compares = transaction.compares;
  if (!std::all_of(compares.begin(), compares.end(), [this](const Compare& each) { return holds(each); }))
    return TransactionResult{false, revision_};
  for (const Operation& operation : transaction.operations) {
    if (operation.lease != LeaseId() && !leases_.contains(operation.lease))
      return fail(ErrorCode::kNotFound, "no lease {}", operation.lease.value());
  }
  std::vector<WatchEvent> events;
  for (const Operation& operation : transaction.operations) {
    if (operation.kind == Operation::Kind::kPut) {
      put(operation, events);
    } else {
      remove({operation.key, operation.range_end}, events);
    }
  }
  record(std::move(events));
  return TransactionResult{true, revision_};
}

void KeySpace::put(const Operation& operation, std::vector<WatchEvent>& events) {
  Item& item = items_[operation.key];
  detach(item);
  if (item.item.version == 0) item.item.create_revision = after(revision_);
  item.item.key = operation.key;
  item.item.value = operation.value;
  item.item.mod_revision = after(revision_);
  ++item.item.version;
  item.lease = operation.lease;
  if (item.lease != LeaseId()) leases_[item.lease].keys.insert(operation.key);
  events.push_back({WatchEvent::Kind::kPut, item.item});
}

void KeySpace::remove(const KeyRange& range, std::vector<WatchEvent>& events) {
  auto at = items_.lower_bound(range.begin);
  while (at != items_.end() && range.contains(at->first)) {
    detach(at->second);
    events.push_back({WatchEvent::Kind::kDelete, {at->first, {}, {}, after(revision_), 0}});
    at = items_.erase(at);
  }
}

void KeySpace::detach(const Item& item) {
  const auto lease = leases_.find(item.lease);
  if (lease != leases_.end()) lease->second.keys.erase(item.item.key);
}

void KeySpace::record(std::vector<WatchEvent> events) {
  if (events.empty()) return;
  revision_ = after(revision_);
  history_.push_back(std::move(events));
}

Result<std::vector<WatchEvent>> KeySpace::events(const KeyRange& range, Revision from) const {
  if (from < compacted_)
    return fail(ErrorCode::kGone, "revision {} is compacted, the oldest is {}", from.value(),
                compacted_.value());
  std::vector<WatchEvent> found;
  const int64_t oldest = revision_.value() - static_cast<int64_t>(history_.size()) + 1;
  for (auto at = std::max(from.value(), oldest); at <= revision_.value(); ++at) {
    const auto& events = history_[static_cast<size_t>(at - oldest)];
    std::copy_if(events.begin(), events.end(), std::back_inserter(found),
                 [&](const WatchEvent& event) { return range.contains(event.item.key); });
  }
  return found;
}

void KeySpace::compact(Revision revision) {
  compacted_ = std::max(compacted_, std::min(revision, revision_));
  const auto kept = static_cast<size_t>(revision_.value() - compacted_.value() + 1);
  while (history_.size() > kept) history_.pop_front();
}

void KeySpace::skip_to(Revision revision) {
  if (revision <= revision_) return;
  revision_ = compacted_ = revision;
  history_.clear();
}

LeaseId KeySpace::grant_lease(Duration ttl, TimePoint now) {
  const LeaseId id = next_lease_;
  next_lease_ = LeaseId(id.value() + 1);
  leases_[id] = {ttl, now + ttl, {}};
  return id;
}

Result<void> KeySpace::keep_alive(LeaseId lease, TimePoint now) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return fail(ErrorCode::kNotFound, "no lease {}", lease.value());
  found->second.end = now + found->second.ttl;
  return {};
}

Result<void> KeySpace::revoke_lease(LeaseId lease) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return fail(ErrorCode::kNotFound, "no lease {}", lease.value());
  const std::set<std::string> keys = std::move(found->second.keys);
  leases_.erase(found);
  std::vector<WatchEvent> events;
  for (const std::string& key : keys) remove(KeyRange::key(key), events);
  record(std::move(events));
  return {};
}

void KeySpace::expire(TimePoint now) {
  std::vector<LeaseId> over;
  for (const auto& [id, lease] : leases_) {
    if (lease.end <= now) over.push_back(id);
  }
  for (const LeaseId id : over) (void)revoke_lease(id);
}

TimePoint KeySpace::next_expiry() const {
  TimePoint next = kForever;
  for (const auto& [id, lease] : leases_) next = std::min(next, lease.end);
  return next;
}

}  // namespace hancock::store
