// TaskRecord: what is written down of one Task, and its form on disk (JSON).
//
// Points in time are counted from the machine's start, and say which start that was. Values only; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/network/ruleset.h"
#include "agent/task/task_state.h"
#include "base/error.h"
#include "hancock/wire.pb.h"

namespace hancock::agent {

struct TaskRecord {
  model::Assignment assignment;
  std::string boot_id;   // of the machine when this was written
  std::string digest;    // of the image, once resolved
  std::string image_id;  // what its containers are made from
  std::string address;   // of its sandbox
  std::string sandbox;
  uint32_t sandboxes = 0;  // made for it so far
  std::vector<PublishedPort> ports;
  std::string container;               // that runs or ran last
  std::optional<WallTime> started_at;  // it
  std::optional<WallTime> ready_at;
  TaskState state;  // but for works under way and probes
};

std::string encode(const TaskRecord& record);
/// Errors: kInvalid.
Result<TaskRecord> decode_task_record(const std::string& text);

}  // namespace hancock::agent
