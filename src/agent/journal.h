// Journal: what the Agent must know after a restart, on disk: one file a Task, one for the Node.
//
// DATA/tasks/<task>.json, DATA/node.json; each written whole and renamed, so that a crash leaves the old or
// the new. The runtime's labels and annotations say which pods are ours; the journal adds what they cannot:
// the assignment, how far the Task has come, what it failed at.
//
//   journal.set_node(node);           // what is to be there; nothing is written yet
//   journal.set_task("t-1", record);
//   journal.flush();                  // again and again, until problem() is ""
//
// The Node's file is written first: a host port leaves a Task's record only when the Node remembers it. One
// Agent has the folder at a time (DATA/lock). Loop's thread; writes are small.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/network/host_ports.h"
#include "agent/task/task_record.h"
#include "base/unique_fd.h"

namespace hancock::agent {

struct NodeJournal {
  std::string boot_id;
  int64_t epoch = 0;  // highest seen, with its term
  int64_t term = 0;
  std::vector<HostPorts::Past> past_ports;
};

class Journal {
 public:
  explicit Journal(std::filesystem::path data) : data_(std::move(data)) {}

  /// Makes the folders and locks them. Errors: kConflict (another Agent has it), kDenied, …
  Result<void> open();

  /// A file that cannot be read is set aside (renamed) and said; the others count.
  std::map<std::string, TaskRecord> load_tasks();
  NodeJournal load_node();

  void set_task(const std::string& task, const TaskRecord& record);
  void remove_task(const std::string& task);
  void set_node(const NodeJournal& node);
  /// Writes what is not written yet.
  void flush();
  /// Why not all of it could be, for people; "" when all is on disk.
  const std::string& problem() const { return problem_; }

 private:
  /// A file's content; nullopt: there is to be none.
  using Content = std::optional<std::string>;
  void set(const std::filesystem::path& path, Content content);
  Result<void> write_pending();
  Result<void> write(const std::filesystem::path& path, const Content& content);

  std::filesystem::path task_path(const std::string& task) const {
    return data_ / "tasks" / (task + ".json");
  }
  std::filesystem::path node_path() const { return data_ / "node.json"; }

  std::filesystem::path data_;
  UniqueFd lock_;
  std::map<std::filesystem::path, Content> pending_;
  std::map<std::filesystem::path, std::string> written_;  // unchanged files are not written again
  std::string problem_;
};

}  // namespace hancock::agent
