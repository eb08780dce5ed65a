#include "slardar/confd/publisher.h"

#include "base/log.h"

namespace hancock::slardar {

Publisher::Publisher(io::Loop& loop, WorkerGroup& workers, Checker& checker, PortGate& ports,
                     const std::string& state, const std::string& name_servers, std::function<void()> rebuild)
    : loop_(loop),
      workers_(workers),
      checker_(checker),
      ports_(ports),
      path_(state.empty() ? "" : state + ".snapshot"),
      resolver_(loop, name_servers,
                [this](const std::string& name) {
                  builder_.note_host(name);
                  retry_timer_.arm(loop_.now());
                }),
      save_timer_(loop,
                  [this] {
                    if (scope_.running() == 0) scope_.spawn(save());
                  }),
      retry_timer_(loop, std::move(rebuild)) {
  if (!path_.empty()) remove_unfinished(path_);
  builder_.set_hosts(&resolver_.known());
}

void Publisher::publish(RecordSet& records, store::Revision revision, From from) {
  builder_.set_time(system_clock().wall());
  const std::set<std::string> changes = records.take_changes();
  const std::string& upstreams = records.keys().upstreams();
  const bool upstreams_changed = std::any_of(
      changes.begin(), changes.end(), [&](const std::string& key) { return key.starts_with(upstreams); });
  if (upstreams_changed) resolver_.want(host_names(records));
  Snapshot next = builder_.build(records, changes, revision, snapshot_->number + 1);
  next.refused.insert(refused_files_.begin(), refused_files_.end());
  ports_.filter(next, workers_.acknowledgement().number());
  if (ports_.any_blocked()) retry_timer_.arm(loop_.now() + kLookAgain);
  for (const auto& [key, why] : next.refused) {
    const auto known = snapshot_->refused.find(key);
    if (known == snapshot_->refused.end() || known->second != why)
      log::warn("registry", "refused {}: {}", key, why);
  }
  // Here, where it keeps no visitor waiting, CAs are read.
  for (const UpstreamPtr& each : next.upstreams) {
    if (each && each->servers() > 0 && each->levels.front().servers.front().tls)
      each->levels.front().servers.front().tls->client();
  }
  retired_.push_back(std::move(snapshot_));
  snapshot_ = std::make_shared<const Snapshot>(std::move(next));
  from_ = from;
  free_retired();
  log::debug("registry", "snapshot {} at revision {}: {} routes, {} upstreams, {} refused", snapshot_->number,
             snapshot_->position.revision.value(), snapshot_->routes.size(), snapshot_->upstreams.size(),
             snapshot_->refused.size());
  workers_.apply(snapshot_);
  checker_.apply(snapshot_);
  records_ = &records;
  if (from == From::kDisk) return;
  unsaved_ = true;
  save_soon();
}

void Publisher::set_certificates(const CertificateFiles& files) {
  builder_.set_files(files.entries());
  refused_files_ = files.refused();
}

void Publisher::free_retired() {
  std::erase_if(retired_, [](const SnapshotPtr& each) { return each.use_count() == 1; });
}

Result<SavedRecords> Publisher::load() {
  if (path_.empty()) return fail(ErrorCode::kNotFound, "no --state");
  return load_records(path_);
}

void Publisher::known_at(WallTime when) {
  known_at_ = when;
  unsaved_ |= when - saved_at_ >= kSaveEvery;
  save_soon();
}

bool Publisher::worth_saving() const {
  return unsaved_ && keeper_ == Keeper::kThis && !path_.empty() && from_ == From::kRegistry &&
         known_at_ != WallTime();
}

void Publisher::save_soon() {
  if (worth_saving() && !save_timer_.armed()) save_timer_.arm(loop_.now() + kSaveAfter);
}

io::Async<void> Publisher::save() {
  if (!worth_saving()) co_return;
  unsaved_ = false;
  const WallTime known = known_at_;
  SavedRecords saved{snapshot_->position, known, records_->texts()};
  auto write = [path = path_, records = std::move(saved)] { return save_records(path, records); };
  auto writing = disk_.run(loop_, std::move(write));
  const Result<void> done = co_await std::move(writing);
  if (done) {
    saved_at_ = known;
    save_again_ = kSaveAgainMin;
    save_soon();
    co_return;
  }
  if (failed_saves_++ == 0 || save_again_ == kSaveAgainMin)
    log::warn("control", "snapshot not saved: {}", done.error().message);
  unsaved_ = true;
  save_timer_.arm(loop_.now() + save_again_);
  save_again_ = std::min(save_again_ * 2, kSaveAgainMax);
}

io::Async<void> Publisher::close() {
  scope_.cancel();
  co_await save();
  save_timer_.disarm();
  retry_timer_.disarm();
}

}  // namespace hancock::slardar
