#include "slardar/confd/presence.h"

#include "base/log.h"

namespace hancock::slardar {

constexpr Duration kLookAgain = 100ms;  // whether a worker answers again

Presence::Presence(io::Loop& loop, store::Store& store, std::string key, std::function<bool()> may_live,
                   std::function<void()> renewed)
    : loop_(loop),
      store_(store),
      key_(std::move(key)),
      may_live_(std::move(may_live)),
      renewed_(std::move(renewed)),
      lost_(loop) {}

io::Async<Result<void>> Presence::announce(registry::GatewayRecord record) {
  while (!may_live_()) co_await loop_.sleep_for(kLookAgain);
  const TimePoint sent = loop_.now();
  auto stands = co_await store_.range(store::KeyRange::key(key_), sent + kCall);
  if (!stands) co_return forward_error(stands, "presence");
  auto lease = co_await store_.grant_lease(kTtl, sent + kCall);
  if (!lease) co_return forward_error(lease, "lease");
  lease_ = *lease;
  last_ = {};
  last_revision_ = stands->items.empty() ? store::Revision() : stands->items.front().mod_revision;
  lease_gone_ = false;
  auto done = co_await put(std::move(record));
  if (done) touched(sent);
  co_return done;
}

io::Async<void> Presence::keep() {
  Duration pause = kTtl / 3;
  while (true) {
    co_await lost_.wait(loop_.now() + pause);
    if (lease_gone_) co_return;
    if (!may_live_()) {
      log::error("presence", "a worker does not answer: the lease is left to run out");
      pause = 1s;
      continue;
    }
    const TimePoint sent = loop_.now();
    auto renewed = co_await store_.keep_alive(lease_, sent + kCall);
    if (renewed) {
      touched(sent);
      pause = kTtl / 3;
      continue;
    }
    log::warn("presence", "lease not renewed: {}", renewed.error().message);
    if (renewed.error().code == ErrorCode::kNotFound) co_return;
    pause = 1s;
  }
}

io::Async<Result<void>> Presence::put(registry::GatewayRecord record) {
  if (record == last_) co_return Result<void>();
  store::Transaction transaction;
  transaction.operations.push_back(store::Operation::put(key_, registry::encode(record), lease_));
  transaction.compares.push_back(store::Compare::unchanged(key_, last_revision_));
  auto done = co_await store_.commit(std::move(transaction), loop_.now() + kCall);
  auto settled = settle(std::move(done), key_, std::move(record));
  co_return co_await settled;
}

io::Async<Result<void>> Presence::move(std::string key, registry::GatewayRecord record) {
  const store::LeaseId lease = lease_;
  auto stands = co_await store_.range(store::KeyRange::key(key), loop_.now() + kCall);
  if (!stands) co_return forward_error(stands, "presence");
  const auto there = stands->items.empty() ? store::Revision() : stands->items.front().mod_revision;
  store::Transaction transaction;
  transaction.operations.push_back(store::Operation::put(key, registry::encode(record), lease));
  transaction.operations.push_back(store::Operation::remove(key_));
  transaction.compares.push_back(store::Compare::unchanged(key, there));
  transaction.compares.push_back(store::Compare::unchanged(key_, last_revision_));
  auto done = co_await store_.commit(std::move(transaction), loop_.now() + kCall);
  if (lease != lease_) co_return fail(ErrorCode::kConflict, "presence: the lease was lost meanwhile");
  auto settled = settle(std::move(done), std::move(key), std::move(record));
  co_return co_await settled;
}

// What came of a commit of `record`, which stands at `key` then.
io::Async<Result<void>> Presence::settle(Result<store::TransactionResult> done, std::string key,
                                         registry::GatewayRecord record) {
  if (!done) {
    if (done.error().code == ErrorCode::kNotFound) lose();
    co_return forward_error(done, "presence");
  }
  if (!done->succeeded) {
    co_await look_again();
    co_return fail(ErrorCode::kConflict, "presence: another write came between");
  }
  // Above everything that this gateway had read, unless an old copy of the store has taken its place.
  if (done->revision <= record.applied.revision) lose();
  key_ = std::move(key);
  last_revision_ = done->revision;
  last_ = std::move(record);
  co_return Result<void>();
}

io::Async<void> Presence::look_again() {
  auto found = co_await store_.range(store::KeyRange::key(key_), loop_.now() + kCall);
  if (!found) co_return;
  if (found->items.empty() || found->revision < last_revision_) lose();
  if (!found->items.empty()) last_revision_ = found->items.front().mod_revision;
}

void Presence::gone_at(store::Revision revision) {
  if (revision > last_revision_) lose();
}

void Presence::lose() {
  lease_gone_ = true;
  lost_.set();
}

io::Async<void> Presence::withdraw() {
  if (lease_ == store::LeaseId()) co_return;
  auto revoked = co_await store_.revoke_lease(std::exchange(lease_, {}), loop_.now() + 1s);
  if (!revoked) log::warn("presence", "lease not revoked: {}", revoked.error().message);
  touch_until_ = {};
}

}  // namespace hancock::slardar
