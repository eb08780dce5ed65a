// Journal: what the Agent must know after a restart, on disk: one file a Task, one for the Node.
//
// DATA/tasks/<task>.json, DATA/node.json; each written whole and renamed, so that a crash leaves the old or
// the new. The runtime's labels and annotations say which pods are ours; the journal adds what they cannot:
// the assignment, whether the Task served, how often it was restarted. Loop's thread; writes are small.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/network/host_ports.h"
#include "agent/network/ruleset.h"
#include "base/error.h"
#include "hancock/wire.pb.h"

namespace hancock::agent {

struct TaskRecord {
  model::Assignment assignment;
  std::string digest;    // of the image, once resolved
  std::string image_id;  // what its containers are made from
  std::string address;   // of its sandbox
  std::vector<PublishedPort> ports;
  uint32_t attempt = 0;
  uint32_t restarts = 0;
  bool was_ready = false;
  std::optional<WallTime> ready_at;
};

struct NodeJournal {
  std::string boot_id;
  int64_t epoch = 0;  // highest seen, with its term
  int64_t term = 0;
  std::vector<HostPorts::Past> past_ports;
};

class Journal {
 public:
  explicit Journal(std::filesystem::path data) : data_(std::move(data)) {}

  /// Makes the folders. Errors: kDenied, …
  Result<void> open();

  /// A file that cannot be read is set aside (renamed) and said; the others count.
  std::map<std::string, TaskRecord> load_tasks();
  NodeJournal load_node();

  void write_task(const std::string& task, const TaskRecord& record);
  void remove_task(const std::string& task);
  void write_node(const NodeJournal& node);

 private:
  std::filesystem::path task_path(const std::string& task) const {
    return data_ / "tasks" / (task + ".json");
  }

  std::filesystem::path data_;
  std::map<std::string, std::string> written_;  // task -> text on disk; unchanged ones are not written again
  std::string written_node_;
};

}  // namespace hancock::agent
