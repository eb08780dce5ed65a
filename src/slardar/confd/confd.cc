#include "slardar/confd/confd.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

constexpr Duration kBeatSilence = 3s;

store::KeyRange serving_range(const registry::Keys& keys) { return {keys.barriers(), keys.state()}; }
store::KeyRange named_range(const registry::Keys& keys) {
  return {keys.prefix() + "tls/", store::KeyRange::prefix(keys.upstreams()).end};
}

store::MirrorOptions mirror_options() {
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
      build_timer_(loop, [this] {
        built_at_ = loop_.now();
        changed_();
        note_built();
      }) {}

Confd::~Confd() { stop(); }

void Confd::stop() {
  scope_.cancel();
  build_timer_.disarm();
}

void Confd::restart() {
  stop();
  serving_.emplace(loop_, store_, serving_range(keys_), system_random(), mirror_options());
  named_.emplace(loop_, store_, named_range(keys_), system_random(), mirror_options());
  serving_loaded_ = named_loaded_ = false;
  serving_built_ = named_built_ = store::Revision();
  scope_.spawn(follow(*serving_));
  scope_.spawn(follow(*named_));
}

void Confd::preload(const std::vector<std::pair<std::string, std::string>>& texts) {
  preloaded_ = true;
  for (const auto& [key, text] : texts) {
    const bool known = named_range(keys_).contains(key) ? named_loaded_ : serving_loaded_;
    if (!known) records_.put(key, text);
  }
}

void Confd::guard(std::string key, std::function<void(store::Revision)> gone) {
  guarded_ = std::move(key);
  guarded_gone_ = std::move(gone);
}

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
  const bool is_serving = &mirror == &*serving_;
  if (batch.kind == Kind::kLoad) {
    // What was known before and is not there any more.
    const store::KeyRange range = is_serving ? serving_range(keys_) : named_range(keys_);
    records_.keep_only(range, [&](const std::string& key) { return mirror.items().contains(key); });
    (is_serving ? serving_loaded_ : named_loaded_) = true;
    preloaded_ &= !loaded();
  }
  if (is_serving) look_for_guarded(batch);
  if (changed) changed_soon();
  if (!build_timer_.armed()) note_built();
}

void Confd::note_built() {
  if (!loaded()) return;
  serving_built_ = serving_->revision();
  named_built_ = named_->revision();
  if (built_callback_) built_callback_();
}

store::Revision Confd::built(std::string_view key) const {
  return named_range(keys_).contains(key) ? named_built_ : serving_built_;
}

store::Revision Confd::read(std::string_view key) const {
  const std::optional<store::Mirror>& mirror = named_range(keys_).contains(key) ? named_ : serving_;
  return mirror ? mirror->revision() : store::Revision();
}

std::optional<store::Revision> Confd::revision_of(const std::string& key) const {
  const std::optional<store::Mirror>& mirror = named_range(keys_).contains(key) ? named_ : serving_;
  if (!mirror) return std::nullopt;
  const auto found = mirror->items().find(key);
  if (found == mirror->items().end()) return std::nullopt;
  return found->second.mod_revision;
}

void Confd::look_for_guarded(const store::MirrorBatch& batch) {
  if (guarded_.empty()) return;
  if (batch.kind == store::MirrorBatch::Kind::kLoad && !serving_->items().contains(guarded_)) {
    guarded_gone_(batch.revision);
    return;
  }
  for (const store::WatchEvent& event : batch.events) {
    if (event.kind == store::WatchEvent::Kind::kDelete && event.item.key == guarded_)
      guarded_gone_(event.item.mod_revision);
  }
}

void Confd::changed_soon() {
  if ((loaded() || preloaded_) && !build_timer_.armed())
    build_timer_.arm(std::max(loop_.now(), built_at_ + kBuildInterval));
}

}  // namespace hancock::slardar
