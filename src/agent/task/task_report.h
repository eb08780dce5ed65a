// What the leader is told of a Task. Pure; any thread.
#pragma once

#include "agent/task/task_record.h"

namespace hancock::agent {

model::TaskReport report_of(const TaskRecord& record);
/// The intent in an assignment.
TaskIntent intent_of(const model::Assignment& assignment);

}  // namespace hancock::agent
