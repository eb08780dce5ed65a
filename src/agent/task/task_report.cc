#include "agent/task/task_report.h"

#include "model/time.h"

namespace hancock::agent {
namespace {

model::TaskState to_proto(TaskPhase phase) {
  switch (phase) {
    case TaskPhase::kAssigned:
      return model::TASK_STATE_ASSIGNED;
    case TaskPhase::kPulling:
      return model::TASK_STATE_PULLING;
    case TaskPhase::kStarting:
      return model::TASK_STATE_STARTING;
    case TaskPhase::kRunning:
      return model::TASK_STATE_RUNNING;
    case TaskPhase::kReady:
      return model::TASK_STATE_READY;
    case TaskPhase::kDraining:
      return model::TASK_STATE_DRAINING;
    case TaskPhase::kStopping:
      return model::TASK_STATE_STOPPING;
    case TaskPhase::kStopped:
      return model::TASK_STATE_STOPPED;
    case TaskPhase::kFailed:
      return model::TASK_STATE_FAILED;
  }
  return model::TASK_STATE_ASSIGNED;
}

}  // namespace

TaskIntent intent_of(const model::Assignment& assignment) {
  switch (assignment.intent()) {
    case model::TASK_INTENT_DRAIN:
      return TaskIntent::kDrain;
    case model::TASK_INTENT_RELEASE:
      return TaskIntent::kRelease;
    default:
      return TaskIntent::kRun;
  }
}

model::TaskReport report_of(const TaskRecord& record) {
  const TaskState& state = record.state;
  model::TaskReport report;
  report.set_task(record.assignment.task());
  report.set_state(to_proto(state.phase));
  report.set_message(state.message);
  report.set_digest(record.digest);
  for (const PublishedPort& port : record.ports) {
    auto& entry = *report.add_ports();
    entry.set_name(port.name);
    entry.set_port(port.port);
    entry.set_host_port(port.host_port);
  }
  report.set_restarts(state.restarts);
  report.set_container(record.container);
  if (record.started_at) *report.mutable_started_at() = model::to_proto(*record.started_at);
  if (record.ready_at) *report.mutable_ready_at() = model::to_proto(*record.ready_at);
  if (state.exit) {
    report.mutable_exit()->set_code(state.exit->code);
    report.mutable_exit()->set_signal(state.exit->signal);
    report.mutable_exit()->set_oom(state.exit->oom);
  }
  report.set_hopeless(state.hopeless);
  report.set_pre_stop_failure(state.pre_stop_failure);
  return report;
}

}  // namespace hancock::agent
