#include "slardar/confd.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

constexpr Duration kBeatSilence = 3s;

store::KeyRange serving_range(const registry::Keys& keys) { return {keys.barriers(), keys.state()}; }
store::KeyRange named_range(const registry::Keys& keys) {
  return {keys.prefix() + "tls/", store::KeyRange::prefix(keys.upstreams()).end};
}

store::MirrorOptions serving_options() {
  store::MirrorOptions options;
  options.silence = kBeatSilence;
  return options;
}

}  // namespace

Confd::Confd(io::Loop& loop, store::Store& store, registry::Keys keys, std::function<void()> changed)
    : loop_(loop),
      store_(store),
      keys_(std::move(keys)),
      changed_(std::move(changed)),
      records_(keys_),
      debounce_(loop, [this] { changed_(); }) {}

Confd::~Confd() { stop(); }

void Confd::stop() {
  scope_.cancel();
  debounce_.disarm();
}

void Confd::restart() {
  stop();
  serving_.emplace(loop_, store_, serving_range(keys_), system_random(), serving_options());
  named_.emplace(loop_, store_, named_range(keys_), system_random(), store::MirrorOptions());
  scope_.spawn(follow(*serving_));
  scope_.spawn(follow(*named_));
}

void Confd::preload(const std::vector<std::pair<std::string, std::string>>& texts) {
  for (const auto& [key, text] : texts) records_.put(key, text);
}

bool Confd::loaded() const { return serving_ && serving_->loaded() && named_->loaded(); }
store::Revision Confd::revision() const { return serving_ ? serving_->revision() : store::Revision(); }
TimePoint Confd::last_contact() const {
  return serving_ ? std::min(serving_->last_contact(), named_->last_contact()) : TimePoint();
}
std::string Confd::last_error() const {
  if (!serving_) return {};
  return serving_->last_error().message.empty() ? named_->last_error().message
                                                : serving_->last_error().message;
}

io::Async<void> Confd::follow(store::Mirror& mirror) {
  while (true) {
    const store::MirrorBatch batch = co_await mirror.next();
    take(mirror, batch);
  }
}

void Confd::take(const store::Mirror& mirror, const store::MirrorBatch& batch) {
  using Kind = store::MirrorBatch::Kind;
  bool changed = batch.kind == Kind::kLoad || batch.kind == Kind::kRestore;
  for (const store::WatchEvent& event : batch.events) {
    changed |= event.kind == store::WatchEvent::Kind::kPut ? records_.put(event.item.key, event.item.value)
                                                           : records_.remove(event.item.key);
  }
  if (batch.kind == Kind::kLoad) {
    // What was known before and is not there any more.
    const store::KeyRange range = &mirror == &*serving_ ? serving_range(keys_) : named_range(keys_);
    records_.keep_only(range, [&](const std::string& key) { return mirror.items().contains(key); });
  }
  if (changed) changed_soon();
}

void Confd::changed_soon() {
  if (loaded() && !debounce_.armed()) debounce_.arm(loop_.now() + kDebounce);
}

}  // namespace hancock::slardar
