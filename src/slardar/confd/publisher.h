// Publisher: builds snapshots from the records and hands them to the workers and the checker; keeps the last
// good one on disk.
//
// What was published is written soon after, and again every kSaveEvery with the time at which it was still
// so; a save that fails is tried again until one succeeds. Control thread; the disk is written on a thread of
// its own.
#pragma once

#include <filesystem>

#include "io/scope.h"
#include "io/thread_pool.h"
#include "io/timer.h"
#include "slardar/check/checker.h"
#include "slardar/confd/record_set.h"
#include "slardar/confd/resolver.h"
#include "slardar/confd/snapshot_builder.h"
#include "slardar/confd/snapshot_file.h"
#include "slardar/tcp/port_gate.h"
#include "slardar/tls/certificate_files.h"
#include "slardar/worker/worker_group.h"

namespace hancock::slardar {

class Publisher {
 public:
  /// `state`: "" = nothing on disk. `rebuild` is called when a refused port is worth another look, or
  /// a host name stands for something else.
  /// `name_servers`: who is asked for servers' host names; "": those of /etc/resolv.conf.
  Publisher(io::Loop& loop, WorkerGroup& workers, Checker& checker, PortGate& ports, const std::string& state,
            const std::string& name_servers, std::function<void()> rebuild);
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;
  ~Publisher() { scope_.cancel(); }

  /// Builds, swaps in every worker and where servers are checked, and saves soon when it comes from the
  /// Registry. `records` are read again then; they are the same ones each time, and their changes are taken.
  enum class From { kRegistry, kDisk };
  void publish(RecordSet& records, store::Revision revision, From from);
  /// Tasks of that Site come first. Before the first publish().
  void prefer_site(std::string site) { builder_.prefer_site(std::move(site)); }
  /// The certificates that stand in files: from the next publish() on.
  void set_certificates(const CertificateFiles& files);
  /// Another process keeps the file now, or does not any more.
  enum class Keeper { kThis, kOther };
  void set_keeper(Keeper keeper) { keeper_ = keeper; }
  /// What was published last was the Registry's at `when`.
  void known_at(WallTime when);

  /// The one published last; number 0 before the first.
  const SnapshotPtr& snapshot() const { return snapshot_; }
  From from() const { return from_; }

  /// What an earlier life left on disk. kNotFound when there is nothing.
  Result<SavedRecords> load();
  /// Saves what is not saved yet; nothing is published afterwards.
  io::Async<void> close();
  uint64_t failed_saves() const { return failed_saves_; }

 private:
  static constexpr Duration kSaveAfter = 500ms;
  static constexpr Duration kSaveEvery = 10min;
  static constexpr Duration kSaveAgainMin = 1s;
  static constexpr Duration kSaveAgainMax = 1min;
  static constexpr Duration kLookAgain = 500ms;
  void free_retired();
  void save_soon();
  bool worth_saving() const;
  io::Async<void> save();

  io::Loop& loop_;
  WorkerGroup& workers_;
  Checker& checker_;
  PortGate& ports_;
  const std::filesystem::path path_;
  Resolver resolver_;
  SnapshotBuilder builder_;
  Refusals refused_files_;
  SnapshotPtr snapshot_ = std::make_shared<const Snapshot>();
  From from_ = From::kRegistry;
  Keeper keeper_ = Keeper::kThis;
  std::vector<SnapshotPtr>
      retired_;  // workers may still hold them; they are freed here, not on their threads

  const RecordSet* records_ = nullptr;  // of the last publish()
  WallTime known_at_{};
  WallTime saved_at_{};  // known_at_ in the file
  bool unsaved_ = false;
  Duration save_again_ = kSaveAgainMin;
  uint64_t failed_saves_ = 0;
  io::ThreadPool disk_{1};
  io::Timer save_timer_;
  io::Timer retry_timer_;
  io::Scope scope_;
};

}  // namespace hancock::slardar
