#include "slardar/presence.h"

#include "base/log.h"

namespace hancock::slardar {

Presence::Presence(io::Loop& loop, store::Store& store, std::string key, std::function<bool()> may_live)
    : loop_(loop), store_(store), key_(std::move(key)), may_live_(std::move(may_live)), lost_(loop) {}

io::Async<Result<void>> Presence::announce(registry::GatewayRecord record) {
  const TimePoint sent = loop_.now();
  auto lease = co_await store_.grant_lease(kTtl, sent + kCall);
  if (!lease) co_return forward_error(lease, "lease");
  lease_ = *lease;
  last_ = {};
  last_revision_ = {};
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
  if (last_revision_ != store::Revision())
    transaction.compares.push_back(store::Compare::unchanged(key_, last_revision_));
  auto done = co_await store_.commit(std::move(transaction), loop_.now() + kCall);
  if (!done) {
    lease_gone_ |= done.error().code == ErrorCode::kNotFound;
    if (lease_gone_) lost_.set();
    co_return forward_error(done, "presence");
  }
  if (!done->succeeded) {
    co_await look_again();
    co_return fail(ErrorCode::kConflict, "presence: another write came between");
  }
  last_revision_ = done->revision;
  last_ = std::move(record);
  co_return Result<void>();
}

io::Async<void> Presence::look_again() {
  auto found = co_await store_.range(store::KeyRange::key(key_), loop_.now() + kCall);
  if (!found) co_return;
  lease_gone_ |= found->items.empty();
  if (lease_gone_) lost_.set();
  if (!found->items.empty()) last_revision_ = found->items.front().mod_revision;
}

io::Async<void> Presence::withdraw() {
  if (lease_ == store::LeaseId()) co_return;
  auto revoked = co_await store_.revoke_lease(std::exchange(lease_, {}), loop_.now() + 1s);
  if (!revoked) log::warn("presence", "lease not revoked: {}", revoked.error().message);
  touch_until_ = {};
}

}  // namespace hancock::slardar
