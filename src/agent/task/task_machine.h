// TaskMachine: one step of a Task's life (task_logic.h), while it is taken: what happened is taken in
// (task_inputs.cc), then what follows from it is decided (task_advance.cc). Pure; lives for that step.
#pragma once

#include <string>
#include <utility>

#include "agent/task/task_logic.h"

namespace hancock::agent {

class TaskMachine {
 public:
  TaskMachine(TaskState state, const TaskPolicy& policy, TimePoint now, Random& random)
      : state_(std::move(state)), policy_(policy), now_(now), random_(random) {}

  // What happened.
  void take(const IntentChanged& input);
  void take(const WorkDone& input);
  void take(const WorkFailed& input);
  void take(const ContainerExited& input);
  void take(const ImageSettled&);
  void take(const Probed& input);
  void take(const Contact& input) { state_.offline_at = offline_at(policy_, input.last); }
  void take(const Tick&) {}

  /// What follows. Last.
  Step advance();

 private:
  // task_inputs.cc
  void started();
  void count_ready(bool passed, const std::string& message);
  void ask_soon();
  void count_live(bool passed, const std::string& message);
  void run_failed(const std::string& why);
  void run_interrupted(const std::string& why);
  void take_drain_back();
  void setback(const std::string& why);
  void pre_stopped(const std::string& failure);
  void end(TaskPhase phase, std::string message);

  // task_advance.cc
  void begin(Work work);
  void advance_run();
  void start_over();
  void stand_by();
  bool come_back();
  void leave();
  void clean_up();
  void probe();
  void ask(ProbeCount& probe, const ProbePolicy& policy, bool& asked);
  TimePoint wake() const;
  bool due() const { return state_.work == Work::kNone && now_ >= state_.retry_at; }

  TaskState state_;
  const TaskPolicy& policy_;
  TimePoint now_;
  Random& random_;
  Step result_;
};

}  // namespace hancock::agent
