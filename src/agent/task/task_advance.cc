// What follows from a Task's state: what to begin, what to ask, when to look again.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "agent/task/task_machine.h"
#include "model/units.h"

namespace hancock::agent {

Step TaskMachine::advance() {
  if (is_final(state_.phase)) {
    clean_up();
  } else if (state_.intent == TaskIntent::kRelease) {
    leave();
  } else if (state_.intent == TaskIntent::kDrain) {
    const bool may_run = state_.alive || state_.work == Work::kStart;
    if (!may_run) leave();
    if (state_.alive) state_.phase = TaskPhase::kDraining;
    if (state_.alive) state_.message.clear();
  } else {
    advance_run();
  }
  result_.wake = wake();
  result_.state = std::move(state_);
  return std::move(result_);
}

void TaskMachine::begin(Work work) {
  state_.work = work;
  ++state_.work_id;
  result_.begin = work;
}

void TaskMachine::advance_run() {
  if (now_ >= state_.offline_at) return stand_by();
  if (state_.offline && !come_back()) return;
  if (state_.start_over && state_.work == Work::kNone) start_over();
  if (state_.phase == TaskPhase::kAssigned) state_.phase = TaskPhase::kPulling;
  if (state_.phase == TaskPhase::kPulling && due()) {
    if (state_.message.empty()) state_.message = "pulling " + policy_.image;
    begin(Work::kPull);
  } else if (state_.phase == TaskPhase::kStarting && due()) {
    if (!state_.stop_reason.empty() && state_.alive) {
      begin(Work::kStop);  // again: it failed before
    } else {
      state_.stop_reason.clear();
      // A container of which it is not known whether it was started is started again, not beside itself.
      if (state_.attempt == state_.started) ++state_.attempt;
      state_.pod = true;
      begin(Work::kStart);
    }
  } else if (state_.phase == TaskPhase::kRunning && state_.healthy_since != kForever &&
             now_ >= state_.healthy_since + policy_.min_healthy_time) {
    state_.phase = TaskPhase::kReady;
    state_.message.clear();
    if (!state_.was_ready && policy_.live) state_.live.next = std::min(state_.live.next, now_);
    state_.was_ready = true;
  }
  probe();
}

void TaskMachine::start_over() {
  if (state_.alive) {
    if (!state_.stop_reason.empty()) return;
    state_.stop_reason = "all Tasks of its Version run another image";
    state_.phase = TaskPhase::kStarting;
    state_.message = state_.stop_reason + "; restarting";
    return;
  }
  state_.start_over = false;
  state_.stop_reason.clear();
  state_.message.clear();
  state_.phase = TaskPhase::kAssigned;
}

/// For all that can be known here, its Service runs elsewhere by now.
void TaskMachine::stand_by() {
  if (!state_.offline) state_.retry_at = now_;
  state_.offline = true;
  state_.start_over = false;
  state_.stop_reason.clear();
  state_.phase = state_.alive ? TaskPhase::kStarting : TaskPhase::kAssigned;
  state_.message =
      fmt::format("stopped: no Master was heard for {}", model::format_duration(*policy_.stop_after));
  if (state_.alive && due()) begin(Work::kStop);
}

/// False: its container is being stopped; it begins anew when that is done.
bool TaskMachine::come_back() {
  if (state_.work != Work::kNone) return false;
  state_.offline = false;
  state_.message.clear();
  state_.retry_at = now_;
  state_.setbacks = 0;
  state_.phase = state_.alive ? TaskPhase::kRunning : TaskPhase::kAssigned;
  if (!state_.alive) return true;
  state_.healthy_since = policy_.ready ? kForever : now_;  // it could not be stopped
  state_.ready = {};
  if (policy_.ready) state_.ready.next = now_;
  return true;
}

/// On the way to stopped.
void TaskMachine::leave() {
  if (state_.phase != TaskPhase::kStopping) {
    state_.phase = TaskPhase::kStopping;
    state_.message.clear();
    state_.retry_at = now_;
  }
  if (state_.work != Work::kNone) return;
  if (policy_.has_pre_stop && state_.alive && !state_.pre_stopped) {
    state_.message = "its pre_stop runs";
    return begin(Work::kPreStop);
  }
  if (state_.pod) return clean_up();
  state_.phase = TaskPhase::kStopped;
  state_.message.clear();
}

void TaskMachine::clean_up() {
  if (state_.pod && due()) begin(Work::kRemove);
}

void TaskMachine::probe() {
  if (!state_.alive || state_.work != Work::kNone) return;
  if (policy_.ready) ask(state_.ready, *policy_.ready, result_.ask_ready);
  if (policy_.live) ask(state_.live, *policy_.live, result_.ask_live);
}

void TaskMachine::ask(ProbeCount& probe, const ProbePolicy& policy, bool& asked) {
  if (probe.asked || now_ < probe.next) return;
  probe.asked = true;
  probe.next = now_ + policy.interval;
  asked = true;
}

TimePoint TaskMachine::wake() const {
  TimePoint when = kForever;
  const bool final_and_clean = is_final(state_.phase) && !state_.pod;
  if (state_.work == Work::kNone && now_ < state_.retry_at && !final_and_clean) when = state_.retry_at;
  if (is_final(state_.phase) || state_.intent != TaskIntent::kRun) return when;
  if (!state_.offline) when = std::min(when, state_.offline_at);
  if (!state_.alive || state_.offline) return when;
  if (state_.work != Work::kNone) return when;
  if (policy_.ready && !state_.ready.asked) when = std::min(when, state_.ready.next);
  if (policy_.live && !state_.live.asked) when = std::min(when, state_.live.next);
  if (state_.phase == TaskPhase::kRunning && state_.healthy_since != kForever) {
    when = std::min(when, state_.healthy_since + policy_.min_healthy_time);
  }
  return when;
}

}  // namespace hancock::agent
