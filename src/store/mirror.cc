#include "store/mirror.h"

#include <algorithm>

#include "base/log.h"

namespace hancock::store {
namespace {

constexpr uint32_t kSilenceFactorMax = 8;
constexpr uint32_t kFailuresMax = 20;  // for the exponent only
constexpr Duration kListEveryMax = std::chrono::hours(24 * 365);

Duration between(Random& random, Duration min, Duration max) {
  const auto span = static_cast<uint64_t>(std::max<int64_t>((max - min).count(), 0));
  return min + Duration(static_cast<int64_t>(random.below(span + 1)));
}

// `from` + `span`, where both may be "for ever".
TimePoint later(TimePoint from, Duration span) { return span > kForever - from ? kForever : from + span; }

WatchEvent deletion(const std::string& key, Revision revision) {
  return {WatchEvent::Kind::kDelete, {key, {}, {}, revision, 0}};
}

}  // namespace

Mirror::Mirror(io::Loop& loop, Store& store, KeyRange range, Random& random, MirrorOptions options)
    : loop_(loop), store_(store), range_(std::move(range)), random_(random), options_(options) {}

Mirror::~Mirror() = default;

io::Async<MirrorBatch> Mirror::next() {
  while (true) {
    auto batch = co_await step();
    if (batch) co_return std::move(*batch);
  }
}

Mirror::Step Mirror::step() {
  if (must_list_ || loop_.now() >= list_at_) co_return co_await list();
  if (watch_ == nullptr) {
    co_await open_watch();
    co_return std::nullopt;
  }
  co_return co_await read_watch();
}

Mirror::Step Mirror::list() {
  const TimePoint asked = loop_.now();
  auto result = co_await store_.range(range_, asked + options_.call);
  if (!result) {
    broke(std::move(result.error()));
    co_await back_off();
    co_return std::nullopt;
  }
  ++counters_.lists;
  if (result->revision < revision_ && !suspect_restore_) {
    // A read that is merely stale would be cured by asking another member.
    suspect_restore_ = must_list_ = true;
    store_.use_another_member();
    co_return std::nullopt;
  }
  co_return replace(std::move(*result), asked);
}

MirrorBatch Mirror::replace(RangeResult result, TimePoint asked) {
  MirrorBatch batch;
  batch.kind = !loaded_                      ? MirrorBatch::Kind::kLoad
               : result.revision < revision_ ? MirrorBatch::Kind::kRestore
                                             : MirrorBatch::Kind::kRepair;
  batch.events = differences(result);
  batch.revision = result.revision;
  if (batch.kind == MirrorBatch::Kind::kRestore) {
    ++counters_.restores;
    log::warn("store", "revision {} after {}: the store was restored from an old copy",
              result.revision.value(), revision_.value());
    watch_.reset();  // it waits for revisions that come a second time
  }
  items_.clear();
  for (KeyValue& item : result.items) {
    std::string key = item.key;
    items_.emplace_hint(items_.end(), std::move(key), std::move(item));
  }
  revision_ = result.revision;
  last_contact_ = asked;
  loaded_ = true;
  must_list_ = suspect_restore_ = false;
  const Duration every = std::min(options_.list_every, kListEveryMax);
  list_at_ = loop_.now() + between(random_, every / 4 * 3, every / 4 * 5);
  return batch;
}

std::vector<WatchEvent> Mirror::differences(const RangeResult& result) {
  std::vector<WatchEvent> events;
  auto old = items_.begin();
  const auto delete_up_to = [&](const std::string* key) {
    for (; old != items_.end() && (key == nullptr || old->first < *key); ++old)
      events.push_back(deletion(old->first, result.revision));
  };
  for (const KeyValue& item : result.items) {
    delete_up_to(&item.key);
    const bool known = old != items_.end() && old->first == item.key;
    if (!known || old->second != item) {
      events.push_back({WatchEvent::Kind::kPut, item});
      // Not newer than what the watch had brought: it should have brought this too.
      if (loaded_ && item.mod_revision <= revision_ && result.revision >= revision_) ++counters_.missed;
    }
    if (known) ++old;
  }
  delete_up_to(nullptr);
  return events;
}

io::Async<void> Mirror::open_watch() {
  const TimePoint deadline = loop_.now() + options_.call;
  // A store that was restored from an old copy would let us wait for revisions that are far ahead.
  auto now = co_await store_.range(KeyRange::key(range_.begin), deadline);
  if (!now) {
    broke(std::move(now.error()));
    co_await back_off();
    co_return;
  }
  if (now->revision < revision_) {
    must_list_ = true;
    co_return;
  }
  auto watch = co_await store_.watch(range_, Revision(revision_.value() + 1), deadline);
  if (!watch) {
    broke(std::move(watch.error()));
    co_await back_off();
    co_return;
  }
  watch_ = std::move(*watch);
  watch_opened_ = heard_ = loop_.now();
  if (heard_ - last_contact_ > options_.call) list_soon();  // our consumer took its time
}

Mirror::Step Mirror::read_watch() {
  const TimePoint silent_at =
      options_.silence == Duration::max() ? kForever : later(heard_, options_.silence * silence_factor_);
  auto batch = co_await watch_->next(std::min(list_at_, silent_at));
  if (batch) co_return apply(std::move(*batch));
  if (batch.error().code == ErrorCode::kTimeout) {
    if (loop_.now() < silent_at) co_return std::nullopt;  // time to list
    ++counters_.silences;
    silence_factor_ = std::min(silence_factor_ * 2, kSilenceFactorMax);
    store_.use_another_member();
    watch_.reset();
    must_list_ = true;
    co_return std::nullopt;
  }
  const bool lasted = loop_.now() - watch_opened_ > options_.backoff_max;
  if (lasted) failures_ = 0;
  broke(std::move(batch.error()));
  if (failures_ > 1) co_await back_off();  // the first time at once
  co_return std::nullopt;
}

std::optional<MirrorBatch> Mirror::apply(WatchBatch batch) {
  last_contact_ = heard_ = loop_.now();
  silence_factor_ = 1;
  failures_ = 0;
  // A list may have run ahead of the watch.
  if (batch.revision <= revision_) return std::nullopt;
  std::erase_if(batch.events, [this](const WatchEvent& each) { return each.item.mod_revision <= revision_; });
  for (const WatchEvent& event : batch.events) {
    if (event.kind == WatchEvent::Kind::kPut) {
      items_[event.item.key] = event.item;
    } else {
      items_.erase(event.item.key);
    }
  }
  revision_ = batch.revision;
  return MirrorBatch{MirrorBatch::Kind::kChange, std::move(batch.events), revision_};
}

void Mirror::broke(Error error) {
  ++counters_.breaks;
  if (failures_ == 0) log::info("store", "{}…: reading or watching broke: {}", range_.begin, error.message);
  failures_ = std::min(failures_ + 1, kFailuresMax);
  watch_.reset();
  if (error.code == ErrorCode::kGone) must_list_ = true;
  last_error_ = std::move(error);
  list_soon();
}

void Mirror::list_soon() {
  list_at_ = std::min(list_at_, loop_.now() + between(random_, Duration::zero(), options_.list_after_break));
}

io::Async<void> Mirror::back_off() {
  Duration pause = options_.backoff_max;
  if (failures_ < kFailuresMax)
    pause = std::min(pause, options_.backoff_min * (int64_t{1} << (std::max(failures_, 1U) - 1)));
  co_await loop_.sleep_for(between(random_, pause / 2, pause));
}

}  // namespace hancock::store
