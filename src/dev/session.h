// Session: a cluster that is up, its lock and its table of processes, for the length of one verb. Whoever
// changed something saves before the session ends.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "dev/cluster.h"
#include "dev/folder_lock.h"
#include "dev/process_table.h"

namespace hancock::dev {

class Session {
 public:
  /// Errors: kNotFound (no cluster there), kConflict (another verb is at work on it).
  static Result<Session> open(const std::filesystem::path& dir);

  const Cluster& cluster() const { return cluster_; }
  ProcessTable& table() { return table_; }

  /// Errors: kNotFound, naming those that there are.
  Result<ProcessEntry*> find(const std::string& name);
  /// Writes the table, with the pids as they are now.
  Result<void> save();
  /// A Master starts its etcd a moment later than itself.
  void await_children_of(const std::string& name);

 private:
  Session(Cluster cluster, FolderLock lock, ProcessTable table)
      : cluster_(std::move(cluster)), lock_(std::move(lock)), table_(std::move(table)) {}

  Cluster cluster_;
  FolderLock lock_;
  ProcessTable table_;
};

}  // namespace hancock::dev
