#include "store/memory_store.h"

#include "store/memory_watch.h"

namespace hancock::store {

MemoryServer::MemoryServer(io::Loop& loop, Clock& clock)
    : loop_(loop), clock_(clock), expiry_(loop, [this] { expire_leases(); }) {}

void MemoryServer::compact(Revision revision) {
  space_.compact(revision);
  changed();
}

void MemoryServer::restore(KeySpace copy) {
  space_ = std::move(copy);
  for (MemoryStore* store : stores_) store->drop_watches();
}

void MemoryServer::expire_leases() {
  const Revision before = space_.revision();
  space_.expire(clock_.now());
  if (space_.revision() != before) {
    for (MemoryStore* store : stores_) store->wake_watches();
  }
  const TimePoint next = space_.next_expiry();
  expiry_.arm(next == kForever ? kForever : loop_.now() + (next - clock_.now()));
}

KeySpace& MemoryServer::current() {
  expire_leases();
  return space_;
}

void MemoryServer::changed() {
  for (MemoryStore* store : stores_) store->wake_watches();
}

MemoryStore::MemoryStore(MemoryServer& server) : server_(server), switched_(server.loop_) {
  server_.stores_.insert(this);
}

MemoryStore::~MemoryStore() { server_.stores_.erase(this); }

io::Async<Result<void>> MemoryStore::arrive(TimePoint deadline) {
  co_await server_.loop_.sleep_for(0ns);
  while (reachable_ && paused_) {
    const bool switched = co_await switched_.wait(deadline);
    if (!switched) co_return fail(ErrorCode::kTimeout, "no answer from the store");
  }
  if (!reachable_) co_return fail(ErrorCode::kUnavailable, "the store is unreachable");
  co_return Result<void>();
}

io::Async<Result<RangeResult>> MemoryStore::range(KeyRange range, TimePoint deadline) {
  auto arrived = co_await arrive(deadline);
  if (!arrived) co_return forward_error(arrived);
  auto checked = check(range);
  if (!checked) co_return forward_error(checked);
  co_return server_.current().range(range);
}

io::Async<Result<TransactionResult>> MemoryStore::commit(Transaction transaction, TimePoint deadline) {
  auto arrived = co_await arrive(deadline);
  if (!arrived) co_return forward_error(arrived);
  auto result = server_.current().commit(transaction);
  server_.changed();
  if (answers_lost_) co_return fail(ErrorCode::kTimeout, "no answer from the store");
  co_return result;
}

io::Async<Result<std::unique_ptr<Watch>>> MemoryStore::watch(KeyRange range, Revision from,
                                                             TimePoint deadline) {
  auto arrived = co_await arrive(deadline);
  if (!arrived) co_return forward_error(arrived);
  auto checked = check(range);
  if (!checked) co_return forward_error(checked);
  if (from < Revision(1)) co_return fail(ErrorCode::kInvalid, "watch from revision {}", from.value());
  co_return std::make_unique<MemoryWatch>(*this, std::move(range), from);
}

io::Async<Result<LeaseId>> MemoryStore::grant_lease(Duration ttl, TimePoint deadline) {
  auto arrived = co_await arrive(deadline);
  if (!arrived) co_return forward_error(arrived);
  const LeaseId lease = server_.current().grant_lease(ttl, server_.clock_.now());
  server_.expire_leases();  // arms the timer
  co_return lease;
}

io::Async<Result<void>> MemoryStore::keep_alive(LeaseId lease, TimePoint deadline) {
  auto arrived = co_await arrive(deadline);
  if (!arrived) co_return forward_error(arrived);
  co_return server_.current().keep_alive(lease, server_.clock_.now());
}

io::Async<Result<void>> MemoryStore::revoke_lease(LeaseId lease, TimePoint deadline) {
  auto arrived = co_await arrive(deadline);
  if (!arrived) co_return forward_error(arrived);
  auto revoked = server_.current().revoke_lease(lease);
  server_.changed();
  co_return revoked;
}

void MemoryStore::set_reachable(bool reachable) {
  reachable_ = reachable;
  if (!reachable) drop_watches();
  switched_.set();
}

void MemoryStore::set_paused(bool paused) {
  paused_ = paused;
  switched_.set();
  wake_watches();
}

void MemoryStore::hold_watches(bool held) {
  watches_held_ = held;
  wake_watches();
}

void MemoryStore::lose_pending_events() {
  for (MemoryWatch* watch : watches_) watch->skip();
}

void MemoryStore::drop_watches() {
  for (MemoryWatch* watch : watches_) watch->drop();
}

void MemoryStore::wake_watches() {
  for (MemoryWatch* watch : watches_) watch->wake();
}

}  // namespace hancock::store
