// Journal: what the Agent must know after a restart, on disk: one file a Task, one for the Node.
//
// DATA/tasks/<task>.json, DATA/node.json; each written whole and renamed, so that a crash leaves the old or
// the new. The runtime's labels and annotations say which pods are ours; the journal adds what they cannot:
// the assignment, how far the Task has come, what it failed at.
//
//   journal.set_node(node);                           // what is to be there
//   journal.set_task("t-1", record);
//   co_await journal.saved(journal.flush());          // now it is, also after a power cut
//
// The Node's file is written first: a host port leaves a Task's record only when the Node remembers it. What
// could not be written is a problem() and tried again every second. One Agent has the folder at a time
// (DATA/lock). Loop's thread; the disk is waited for on another one, and what is flushed meanwhile goes
// together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/images/image_history.h"
#include "agent/journal_files.h"
#include "agent/network/host_ports.h"
#include "agent/task/task_record.h"
#include "base/unique_fd.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/thread_pool.h"

namespace hancock::agent {

struct NodeJournal {
  std::string boot_id;
  int64_t epoch = 0;  // highest seen, with its term
  int64_t term = 0;
  std::vector<HostPorts::Past> past_ports;
  std::map<std::string, ImageUse> images;
  std::optional<TimePoint> silent_since;  // no Master was heard after that, by the clock of that boot
};

class Journal {
 public:
  /// `changed` is called when problem() has changed.
  Journal(io::Loop& loop, std::filesystem::path data, std::function<void()> changed);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  /// What is being written is finished.
  ~Journal() { scope_.cancel(); }

  /// Makes the folders and locks them. Errors: kConflict (another Agent has it), kDenied, …
  Result<void> open();

  /// A file that cannot be read is set aside (renamed) and said; the others count.
  std::map<std::string, TaskRecord> load_tasks();
  NodeJournal load_node();

  void set_task(const std::string& task, const TaskRecord& record);
  void remove_task(const std::string& task);
  void set_node(const NodeJournal& node);
  /// Has what was set written. The number is for saved().
  uint64_t flush();
  /// Returns when that flush is on disk, or has failed: problem() says why.
  io::Async<void> saved(uint64_t flush);
  /// Why not all of it could be written, for people; "" when all is on disk.
  const std::string& problem() const { return problem_; }

 private:
  void set(const std::filesystem::path& path, std::optional<std::string> content);
  io::Async<void> run();
  io::Async<Unwritten> write(std::set<std::filesystem::path> paths);
  void note(std::string problem);

  std::filesystem::path task_path(const std::string& task) const {
    return data_ / "tasks" / (task + ".json");
  }
  std::filesystem::path node_path() const { return data_ / "node.json"; }

  io::Loop& loop_;
  std::filesystem::path data_;
  std::function<void()> changed_;
  UniqueFd lock_;
  FileChanges wanted_;                     // of each file, as it was set last
  std::set<std::filesystem::path> dirty_;  // not yet written so
  uint64_t flushes_ = 0;
  uint64_t ended_ = 0;  // the last of them that was written, or was not
  std::string problem_;
  io::Signal wake_;
  io::Signal round_;
  io::ThreadPool disk_{1};
  io::Scope scope_;
};

}  // namespace hancock::agent
