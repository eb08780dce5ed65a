#include "master/replica.h"

#include "base/log.h"

namespace hancock::master {
namespace {

constexpr Duration kSilence = 3s;  // of a range that holds a heartbeat

}  // namespace

Replica::Replica(io::Loop& loop, store::Store& store, Random& random, registry::Keys keys)
    : loop_(loop),
      mirror_(loop, store, store::KeyRange::prefix(keys.prefix()), random, {.silence = kSilence}),
      state_(keys),
      moved_(loop),
      changed_(loop) {}

io::Async<void> Replica::run() {
  while (true) take(co_await mirror_.next());
}

void Replica::take(store::MirrorBatch batch) {
  using Kind = store::MirrorBatch::Kind;
  const bool anew = batch.kind == Kind::kLoad || batch.kind == Kind::kRestore;
  const bool matters = anew || this->matters(batch);
  if (batch.kind == Kind::kRestore) {
    log::warn("replica", "the store has gone back to revision {}: it was restored", batch.revision.value());
    events_ = EventLog();
    if (!is_of_past_) ++restores_;  // else somebody knew, and has had it read anew
  }
  if (anew) {
    std::vector<store::KeyValue> items;
    for (const auto& [key, item] : mirror_.items()) items.push_back(item);
    state_.load(items, batch.revision);
    log::info("replica", "{} records at revision {}", items.size(), batch.revision.value());
  } else {
    store::WatchBatch change{std::move(batch.events), batch.revision};
    state_.apply(change);
  }
  loaded_ = true;
  if (batch.kind != Kind::kChange) is_of_past_ = false;
  moved_.set();
  if (!matters) return;
  events_.follow(state_.events());
  ++changes_;
  changed_.set();
}

bool Replica::matters(const store::MirrorBatch& batch) const {
  const std::string heartbeat = state_.keys().state() + "heartbeat";
  const std::string probes = state_.keys().state() + "probe/";
  for (const store::WatchEvent& event : batch.events) {
    const std::string& key = event.item.key;
    if (key != heartbeat && key != state_.keys().beat() && !key.starts_with(probes)) return true;
  }
  return false;
}

bool Replica::is_at(store::Revision revision) const {
  return loaded_ && !is_of_past_ && state_.revision() >= revision;
}

io::Async<bool> Replica::reach(store::Revision revision, TimePoint deadline) {
  while (!is_at(revision)) {
    const bool moved = co_await moved_.wait(deadline);
    if (!moved) co_return is_at(revision);
  }
  co_return true;
}

}  // namespace hancock::master
