#include "slardar/confd/session.h"

#include <algorithm>

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr Duration kColdStartAfter = 3s;  // a store that neither answers nor refuses
constexpr Duration kClocksDiffer = 5min;  // between a boot and the one before it
constexpr Duration kBackoffMin = 100ms;
constexpr Duration kBackoffMax = 2s;

}  // namespace

Session::Session(io::Loop& loop, store::Store& store, registry::Keys keys, registry::GatewayRecord self,
                 WorkerGroup& workers, Publisher& publisher, Freshness& freshness)
    : loop_(loop),
      self_(std::move(self)),
      workers_(workers),
      publisher_(publisher),
      freshness_(freshness),
      presence_(
          loop, store, keys.gateway(self_.id), [&workers] { return workers.alive(); },
          [this] { say_how_fresh(); }),
      confd_(loop, store, keys, [this] { records_changed(); }),
      changed_(loop),
      cold_start_timer_(loop, [this] { cold_start(); }) {
  confd_.guard(keys.gateway(self_.id), [this](store::Revision at) { presence_.gone_at(at); });
}

Session::~Session() { scope_.cancel(); }

void Session::start() {
  cold_start_timer_.arm(loop_.now() + kColdStartAfter);
  scope_.spawn(stay_announced());
  scope_.spawn(publish_record());
  scope_.spawn(count_answers());
}

io::Async<void> Session::close() {
  scope_.cancel();
  confd_.stop();
  co_await presence_.withdraw();
}

io::Async<void> Session::stay_announced() {
  Duration backoff = kBackoffMin;
  while (true) {
    if (!next_id_.empty()) become(std::exchange(next_id_, {}));
    // Nothing is applied under this lease yet; but what is in flight on Tasks that leave still is.
    registry::GatewayRecord first = self_;
    first.in_flight = workers_.acknowledgement().in_flight();
    auto announced = co_await presence_.announce(std::move(first));
    if (!announced) {
      if (last_error_ != announced.error().message)
        log::warn("registry", "not announced: {}", announced.error().message);
      last_error_ = announced.error().message;
      cold_start();
      co_await loop_.sleep_for(backoff);
      backoff = std::min(backoff * 2, kBackoffMax);
      continue;
    }
    backoff = kBackoffMin;
    last_error_.clear();
    log::info("registry", "announced as {}", self_.id);
    announced_ = true;
    current_from_ = UINT64_MAX;
    confd_.restart();
    co_await presence_.keep();
    announced_ = false;
    freshness_.unsure();
    log::warn("registry", "the lease of {} is lost", self_.id);
  }
}

// Serves from disk what was good once; only when there is nothing better.
void Session::cold_start() {
  cold_start_timer_.disarm();
  if (publisher_.snapshot()->number > 0 || confd_.loaded()) return;
  auto saved = publisher_.load();
  if (!saved) {
    if (saved.error().code != ErrorCode::kNotFound) log::warn("registry", "{}", saved.error().message);
    return;
  }
  const std::string& prefix = confd_.records().keys().prefix();
  for (const auto& [key, text] : saved->records) {
    if (key.starts_with(prefix)) continue;
    log::warn("registry", "the snapshot on disk belongs to another Registry: {} is not below {}", key,
              prefix);
    return;
  }
  log::warn("registry", "the Registry is away: serving {} records from disk, revision {}",
            saved->records.size(), saved->position.revision.value());
  const Duration age = system_clock().wall() - saved->known_at;
  // A clock that was behind then or is wrong now: its age is not known.
  if (age >= -kClocksDiffer) freshness_.known_at(loop_.now() - age);
  confd_.preload(saved->records);
  publisher_.publish(confd_.records(), saved->position.revision, Publisher::From::kDisk);
}

void Session::records_changed() {
  cold_start_timer_.disarm();
  if (current_from_ == UINT64_MAX && confd_.loaded()) current_from_ = publisher_.snapshot()->number + 1;
  rebuild();
}

void Session::rebuild() {
  if (confd_.loaded()) {
    publisher_.publish(confd_.records(), confd_.revision(), Publisher::From::kRegistry);
  } else if (publisher_.snapshot()->number > 0) {
    publisher_.publish(confd_.records(), publisher_.snapshot()->position.revision, publisher_.from());
  }
}

bool Session::has_applied_all() const {
  return announced_ && workers_.acknowledgement().number() >= current_from_;
}

bool Session::current() const { return in_touch() && has_applied_all(); }

void Session::say_how_fresh() {
  if (!has_applied_all()) return;
  freshness_.known_at(presence_.last_touch());
  freshness_.sure_until(presence_.sure_until());
  // Not by the loop's time: a pause of the process belongs to it.
  const auto ago = std::chrono::duration_cast<WallTime::duration>(BootClock::now() - presence_.last_touch());
  publisher_.known_at(system_clock().wall() - ago);
}

void Session::acknowledged() {
  say_how_fresh();
  changed_.set();
}

registry::Position Session::applied() const {
  if (!has_applied_all()) return {};
  return workers_.acknowledgement().position();
}

registry::GatewayRecord Session::record() const {
  registry::GatewayRecord record = self_;
  record.applied = applied();
  const Refusals& refused = publisher_.snapshot()->refused;
  record.refused = listed(refused, confd_.records().keys());
  record.refused_more = refused.size() - record.refused.size();
  record.in_flight = workers_.acknowledgement().in_flight();
  record.answers = answers_;
  return record;
}

bool Session::worth_putting(const registry::GatewayRecord& record) const {
  const registry::GatewayRecord& last = presence_.last();
  if (record == last) return false;
  const bool first = last.applied == registry::Position() && record.applied != registry::Position();
  const bool barrier = publisher_.snapshot()->barrier_open || !last.in_flight.empty();
  return first || barrier || record.refused != last.refused || record.refused_more != last.refused_more ||
         record.address != last.address || record.answers != last.answers;
}

io::Async<void> Session::count_answers() {
  while (true) {
    co_await loop_.sleep_for(kCountEvery);
    const auto& upstreams = publisher_.snapshot()->upstreams;
    const bool is_wanted = std::ranges::any_of(
        upstreams, [](const UpstreamPtr& upstream) { return upstream && upstream->is_compared; });
    if (!is_wanted && answers_.empty()) continue;
    auto counted = co_await workers_.answers(loop_.now() + kCountEvery);
    if (!counted) continue;
    answers_ = std::move(*counted);
    while (answers_.size() > kCountedMax) answers_.erase(std::prev(answers_.end()));
    changed_.set();
  }
}

void Session::take_id(std::string id) {
  if (id == self_.id) return;
  next_id_ = std::move(id);
  changed_.set();
}

void Session::become(std::string id) {
  log::info("registry", "{} is {} now", self_.id, id);
  self_.id = std::move(id);
  const std::string key = confd_.records().keys().gateway(self_.id);
  presence_.set_key(key);
  confd_.guard(key, [this](store::Revision at) { presence_.gone_at(at); });
}

io::Async<Result<void>> Session::move_record() {
  const std::string id = next_id_;
  registry::GatewayRecord next = record();
  next.id = id;
  const registry::Keys& keys = confd_.records().keys();
  confd_.guard("", [](store::Revision) {});  // it goes from where it was
  auto moved = co_await presence_.move(keys.gateway(id), std::move(next));
  if (moved && next_id_ == id) {
    become(std::exchange(next_id_, {}));
  } else if (next_id_ == id) {
    confd_.guard(keys.gateway(self_.id), [this](store::Revision at) { presence_.gone_at(at); });
  }
  co_return moved;
}

io::Async<void> Session::publish_record() {
  Duration pause = kPutEvery;
  while (true) {
    co_await changed_.wait();
    if (!announced_) continue;
    registry::GatewayRecord next = record();
    const bool moves = !next_id_.empty();
    if (!moves && !worth_putting(next)) continue;
    auto saying = moves ? move_record() : presence_.put(std::move(next));
    auto done = co_await std::move(saying);
    if (done) {
      pause = kPutEvery;
    } else {
      if (pause == kPutEvery) log::warn("registry", "{}", done.error().message);
      pause = std::min<Duration>(pause * 2, kBackoffMax);
      changed_.set();
    }
    co_await loop_.sleep_for(pause);
  }
}

}  // namespace hancock::slardar
