// Publisher: builds snapshots from the records and hands them to the workers; keeps the last good one on
// disk.
//
// Control thread.
#pragma once

#include <filesystem>

#include "io/timer.h"
#include "slardar/port_gate.h"
#include "slardar/record_set.h"
#include "slardar/snapshot_file.h"
#include "slardar/worker_group.h"

namespace hancock::slardar {

class Publisher {
 public:
  /// `state`: "" = nothing on disk. `rebuild` is called when a refused port is worth another look.
  Publisher(io::Loop& loop, WorkerGroup& workers, PortGate& ports, const std::string& state,
            std::function<void()> rebuild);

  /// Builds, swaps in every worker, and saves soon when it comes from the Registry.
  enum class From { kRegistry, kDisk };
  void publish(const RecordSet& records, registry::Position position, From from);

  /// The one published last; number 0 before the first.
  const SnapshotPtr& snapshot() const { return snapshot_; }
  From from() const { return from_; }

  /// What an earlier life left on disk. kNotFound when there is nothing.
  Result<SavedRecords> load();
  /// Saves what is not saved yet.
  void save_now();

 private:
  static constexpr Duration kSaveAfter = 500ms;
  static constexpr Duration kLookAgain = 500ms;
  void free_retired();

  io::Loop& loop_;
  WorkerGroup& workers_;
  PortGate& ports_;
  const std::filesystem::path path_;
  SnapshotPtr snapshot_ = std::make_shared<const Snapshot>();
  From from_ = From::kRegistry;
  std::vector<SnapshotPtr>
      retired_;  // workers may still hold them; they are freed here, not on their threads
  SavedRecords unsaved_;
  io::Timer save_timer_;
  io::Timer retry_timer_;
};

}  // namespace hancock::slardar
