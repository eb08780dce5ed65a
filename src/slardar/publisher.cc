#include "slardar/publisher.h"

#include "base/log.h"
#include "slardar/snapshot_builder.h"

namespace hancock::slardar {

Publisher::Publisher(io::Loop& loop, WorkerGroup& workers, PortGate& ports, const std::string& state,
                     std::function<void()> rebuild)
    : loop_(loop),
      workers_(workers),
      ports_(ports),
      path_(state.empty() ? "" : state + ".snapshot"),
      save_timer_(loop, [this] { save_now(); }),
      retry_timer_(loop, std::move(rebuild)) {}

void Publisher::publish(const RecordSet& records, registry::Position position, From from) {
  Snapshot next = build_snapshot(records, position, snapshot_->number + 1);
  ports_.filter(next);
  if (ports_.any_blocked()) retry_timer_.arm(loop_.now() + kLookAgain);
  for (const auto& [key, why] : next.refused) {
    const auto known = snapshot_->refused.find(key);
    if (known == snapshot_->refused.end() || known->second != why)
      log::warn("registry", "refused {}: {}", key, why);
  }
  retired_.push_back(std::move(snapshot_));
  snapshot_ = std::make_shared<const Snapshot>(std::move(next));
  from_ = from;
  free_retired();
  log::debug("registry", "snapshot {} at revision {}: {} routes, {} upstreams, {} refused", snapshot_->number,
             snapshot_->position.revision.value(), snapshot_->routes.size(), snapshot_->upstreams.size(),
             snapshot_->refused.size());
  workers_.apply(snapshot_);
  if (from == From::kDisk || path_.empty()) return;
  unsaved_ = {snapshot_->position, records.texts()};
  if (!save_timer_.armed()) save_timer_.arm(loop_.now() + kSaveAfter);
}

void Publisher::free_retired() {
  std::erase_if(retired_, [](const SnapshotPtr& each) { return each.use_count() == 1; });
}

Result<SavedRecords> Publisher::load() {
  if (path_.empty()) return fail(ErrorCode::kNotFound, "no --state");
  return load_records(path_);
}

void Publisher::save_now() {
  save_timer_.disarm();
  if (unsaved_.position.revision == store::Revision()) return;
  const auto saved = save_records(path_, unsaved_);
  unsaved_ = {};
  if (!saved) log::warn("control", "snapshot not saved: {}", saved.error().message);
}

}  // namespace hancock::slardar
