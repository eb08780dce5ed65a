#include "sim/gateway.h"

#include <algorithm>

#include "sim/gateway_life.h"

namespace hancock::sim {
namespace {

constexpr Duration kDebounce = 2ms;
constexpr Duration kSwapMax = 30ms;
constexpr Duration kSwapSlow = 3s;
constexpr Duration kColdStartAfter = 3s;
constexpr Duration kSaveAfter = 500ms;

}  // namespace

Gateway::Gateway(Ground& ground, Network& network, StoreServer& store, std::string name,
                 std::function<void(const Gateway&)> swapped)
    : ground_(ground),
      network_(network),
      store_(store),
      party_(ground.timeline, std::move(name)),
      swapped_(std::move(swapped)) {}

Gateway::~Gateway() = default;

void Gateway::start(bool refuses_routes) {
  kill();
  party_.start();
  refuses_routes_ = refuses_routes;
  id_ = fmt::format("{}-{}", party_.name(), party_.life());
  life_ = std::make_unique<Life>();
  for (size_t i = 0; i < kWorkers; ++i) {
    life_->workers[i]->traffic.on_leaving_change([this, i] {
      life_->acknowledgement.in_flight_changed(i, life_->workers[i]->traffic.leaving_in_flight());
      acknowledge();
    });
  }
  ground_.trace.say("{}: starts{}", id_, refuses_routes ? " and refuses routes" : "");
  announce();
  party_.after(kColdStartAfter, [this] { cold_start(); });
  receive_visitor();
}

void Gateway::kill() {
  party_.kill();
  if (life_)
    for (const auto& worker : life_->workers) worker->traffic.on_leaving_change(nullptr);
  life_.reset();
  targets_.clear();
}

void Gateway::load() {
  const store::KeyRange range{keys_.barriers(), keys_.state()};
  life_->watch.reset();
  const uint64_t announcement = life_->announcement;
  store_.range(party_, range, [this, range, announcement](const Result<store::RangeResult>& all) {
    if (announcement != life_->announcement) return;
    if (!all) return load();
    std::vector<store::WatchEvent> events;
    for (const store::KeyValue& item : all->items) events.push_back({store::WatchEvent::Kind::kPut, item});
    const auto is_there = [&](const std::string& key) {
      return std::any_of(all->items.begin(), all->items.end(),
                         [&](const auto& item) { return item.key == key; });
    };
    life_->records.keep_only(range, is_there);
    life_->has_loaded = true;
    life_->watch = store_.watch(
        party_, range, store::Revision(all->revision.value() + 1),
        [this](const store::WatchBatch& batch) { take(batch.events, batch.revision); }, [this] { load(); });
    take(events, all->revision);
    publish_soon();
    if (!is_there(keys_.gateway(id_))) gone_at(all->revision);
  });
}

void Gateway::take(const std::vector<store::WatchEvent>& events, store::Revision revision) {
  bool changed = false;
  for (const store::WatchEvent& event : events)
    changed |=
        event.kind == store::WatchEvent::Kind::kPut ? put(event.item) : life_->records.remove(event.item.key);
  life_->revision = revision;
  if (changed) publish_soon();
  for (const store::WatchEvent& event : events)
    if (event.kind == store::WatchEvent::Kind::kDelete && event.item.key == keys_.gateway(id_))
      return gone_at(event.item.mod_revision);
}

bool Gateway::put(const store::KeyValue& item) {
  const bool ignores = ground_.bug == Bug::kDrainingIgnored;
  if (ignores && item.key.starts_with(keys_.barriers())) {
    auto barrier = registry::decode<registry::Barrier>(item.value);
    if (barrier) barrier->tasks.clear();
    return life_->records.put(item.key, barrier ? registry::encode(*barrier) : item.value);
  }
  if (ignores && item.key.starts_with(keys_.endpoints())) {
    auto endpoint = registry::decode<registry::Endpoint>(item.value);
    if (endpoint) endpoint->state = registry::EndpointState::kReady;
    return life_->records.put(item.key, endpoint ? registry::encode(*endpoint) : item.value);
  }
  if (refuses_routes_ && item.key.starts_with(keys_.routes())) {
    auto route = registry::decode<registry::Route>(item.value);
    if (route && !route->entrances.empty()) {
      route->entrances[0].balance = "of-a-newer-version";
      return life_->records.put(item.key, registry::encode(*route));
    }
  }
  return life_->records.put(item.key, item.value);
}

void Gateway::publish_soon() {
  if (!life_->has_loaded || std::exchange(life_->is_publishing, true)) return;
  party_.after(kDebounce, [this] {
    life_->is_publishing = false;
    if (!life_->has_loaded) return;
    if (life_->current_from == UINT64_MAX) life_->current_from = life_->snapshot->number + 1;
    publish(life_->revision);
    save_soon();
  });
}

void Gateway::publish(store::Revision revision) {
  slardar::Snapshot next = life_->builder.build(life_->records, life_->records.take_changes(), revision,
                                                life_->snapshot->number + 1);
  if (ground_.bug == Bug::kChangeForgotten && ground_.one_in(10)) {
    slardar::Snapshot old = *life_->snapshot;
    old.number = next.number;
    old.position = next.position;
    next = std::move(old);
  }
  life_->snapshot = std::make_shared<const slardar::Snapshot>(std::move(next));
  for (size_t i = 0; i < kWorkers; ++i) {
    const Duration span = ground_.between(Duration(0), ground_.one_in(100) ? kSwapSlow : kSwapMax);
    party_.after(span, [this, i, snapshot = life_->snapshot] { apply(i, snapshot); });
  }
  acknowledge();
}

void Gateway::apply(size_t worker, slardar::SnapshotPtr snapshot) {
  slardar::Traffic& traffic = life_->workers[worker]->traffic;
  if (traffic.present()->number >= snapshot->number) return;  // messages to a worker do not overtake
  traffic.apply(snapshot, ground_.timeline.now());
  life_->acknowledgement.applied(worker, snapshot->number, snapshot->position, traffic.leaving_in_flight());
  find_targets();
  swapped_(*this);
  acknowledge();
}

void Gateway::find_targets() {
  targets_.clear();
  for (const auto& worker : life_->workers) {
    const slardar::Snapshot& snapshot = *worker->traffic.present();
    for (const slardar::RoutePtr& route : snapshot.routes) {
      if (!route) continue;  // a place that nobody has just now
      for (const slardar::Route::Share& share : route->shares)
        for (const slardar::Upstream::Level& level : snapshot.upstreams[share.upstream]->levels)
          for (const slardar::Server& server : level.servers)
            targets_.push_back({server.task,
                                server.address.host(),
                                server.address.port(),
                                {route->tenant, route->app, route->service}});
    }
  }
}

void Gateway::cold_start() {
  if (life_->snapshot->number > 0 || saved_.empty()) return;
  ground_.trace.say("{}: serves from disk, revision {}", id_, saved_revision_.value());
  for (const auto& [key, text] : saved_) life_->records.put(key, text);
  publish(saved_revision_);
}

void Gateway::save_soon() {
  if (std::exchange(life_->is_saving, true)) return;
  party_.after(kSaveAfter, [this] {
    life_->is_saving = false;
    saved_ = life_->records.texts();
    saved_revision_ = life_->snapshot->position.revision;
  });
}

store::Revision Gateway::applied() const {
  return life_ ? life_->acknowledgement.position().revision : store::Revision();
}

uint64_t Gateway::in_flight(const std::string& task) const {
  uint64_t count = 0;
  if (!life_) return count;
  for (const auto& worker : life_->workers)
    worker->traffic.each_peer([&](const slardar::Peer& peer) {
      if (peer.task == task) count += peer.in_flight;
    });
  return count;
}

/// Comes to one worker, is sent to somebody, stays a while.
void Gateway::receive_visitor() {
  party_.after(ground_.between(100ms, 600ms), [this] { receive_visitor(); });
  Worker& worker = *life_->workers[ground_.dice.below(kWorkers)];
  const slardar::Snapshot& snapshot = *worker.traffic.present();
  if (snapshot.routes.empty()) return;
  const slardar::RouteIndex route = ground_.dice.below(snapshot.routes.size());
  if (!snapshot.routes[route]) return;
  auto pinned = worker.traffic.pin(route);
  if (!pinned) return;
  slardar::Pick pick = worker.traffic.pick(
      *pinned, {}, slardar::Pick::Kind::kFirst, [route](const slardar::Snapshot&) { return route; },
      ground_.timeline.now());
  if (!pick) return;
  const uint64_t visitor = ++life_->visitors;
  worker.picks.emplace(visitor, std::move(pick));
  const Duration stay = ground_.between(5ms, ground_.one_in(10) ? Duration(20s) : Duration(1s));
  party_.after(stay, [&worker, visitor] { worker.picks.erase(visitor); });
}

}  // namespace hancock::sim
