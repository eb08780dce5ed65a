// What has happened to a Task, taken into its state.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "agent/task/task_machine.h"
#include "agent/task/task_words.h"
#include "model/units.h"

namespace hancock::agent {
namespace {

constexpr Duration kFirstGap = 10ms;  // between a fresh container's first probes, doubled each time
constexpr uint32_t kSoonerMax = 16;
constexpr Duration kSetbackMax = 15s;  // registry and runtime are asked again at least this often

}  // namespace

void TaskMachine::take(const IntentChanged& input) {
  if (input.intent == state_.intent || state_.intent == TaskIntent::kRelease) return;
  const bool taken_back = input.intent < state_.intent;
  if (taken_back && (is_final(state_.phase) || state_.phase == TaskPhase::kStopping)) return;
  state_.intent = input.intent;
  if (taken_back) return take_drain_back();
  if (is_final(state_.phase)) return;
  state_.retry_at = now_;
  state_.setbacks = 0;
  if (state_.work == Work::kPull) state_.work = Work::kNone;  // its answer will be stale
}

/// It serves as it did before the drain until a probe says otherwise.
void TaskMachine::take_drain_back() {
  if (state_.phase != TaskPhase::kDraining) return;
  state_.phase = state_.stop_reason.empty() ? TaskPhase::kRunning : TaskPhase::kStarting;
  state_.message = state_.stop_reason;
  state_.ready.failures = state_.live.failures = 0;
  if (policy_.ready) state_.ready.next = now_;
  if (policy_.live) state_.live.next = std::max(state_.live.next, now_);
}

void TaskMachine::take(const WorkDone& input) {
  if (state_.work == Work::kNone || input.id != state_.work_id) return;
  const Work done = std::exchange(state_.work, Work::kNone);
  state_.setbacks = 0;
  switch (done) {
    case Work::kPull:
      state_.phase = TaskPhase::kStarting;
      state_.message.clear();
      return;
    case Work::kStart:
      return started();
    case Work::kStop:
      state_.alive = false;
      return state_.start_over || state_.offline ? void() : run_failed(state_.stop_reason);
    case Work::kPreStop:
      return pre_stopped({});
    case Work::kRemove:
      state_.alive = false;
      state_.pod = false;
      return;
    case Work::kNone:
      return;
  }
}

void TaskMachine::started() {
  state_.alive = true;
  if (std::exchange(state_.started, state_.attempt) != 0) ++state_.restarts;
  state_.phase = TaskPhase::kRunning;
  state_.message = policy_.ready ? "waiting for its ready probe" : "";
  state_.was_ready = false;
  state_.healthy_since = policy_.ready ? kForever : now_;
  state_.ready = {};
  state_.live = {};
  if (policy_.ready) state_.ready.next = now_;
  if (policy_.live) state_.live.next = now_ + policy_.live->start_period;
}

void TaskMachine::take(const WorkFailed& input) {
  if (state_.work == Work::kNone || input.id != state_.work_id) return;
  const Work failed = std::exchange(state_.work, Work::kNone);
  const std::string why = clip(input.message);
  if (failed == Work::kPreStop) return pre_stopped(why);
  if (failed == Work::kStop || failed == Work::kRemove || input.blame == Blame::kOthers) return setback(why);
  if (input.blame == Blame::kHopeless) {
    state_.hopeless = true;
    return end(TaskPhase::kFailed, why);
  }
  if (failed == Work::kPull) return setback(why);
  run_failed(why);
}

void TaskMachine::take(const ContainerExited& input) {
  if (!state_.alive || input.attempt != state_.attempt) return;
  state_.alive = false;
  state_.exit = input.exit;
  if (state_.work == Work::kStop || state_.work == Work::kRemove) return;  // it was to end
  if (state_.intent != TaskIntent::kRun || is_final(state_.phase) || state_.offline) return;
  const std::string text = describe(input, policy_);
  if (input.blame == Blame::kOthers) return run_interrupted(text);
  const bool success = input.exit.code == 0 && !input.exit.oom;
  if (success && policy_.restart != RestartRule::kAlways)
    return end(TaskPhase::kStopped, "it ended by itself");
  run_failed(text);
}

void TaskMachine::take(const ImageSettled&) {
  if (state_.was_ready || state_.intent != TaskIntent::kRun || is_final(state_.phase)) return;
  if (state_.work == Work::kPull) {
    state_.work = Work::kNone;  // its answer will be stale
  } else if (state_.phase == TaskPhase::kStarting || state_.phase == TaskPhase::kRunning) {
    state_.start_over = true;
  }
}

void TaskMachine::take(const Probed& input) {
  if (!state_.alive || input.attempt != state_.attempt) return;
  ProbeCount& probe = input.kind == ProbeKind::kReady ? state_.ready : state_.live;
  if (!probe.asked) return;
  probe.asked = false;
  probe.passes = input.passed ? probe.passes + 1 : 0;
  probe.failures = input.passed ? 0 : probe.failures + 1;
  if (state_.intent != TaskIntent::kRun || state_.work != Work::kNone) return;
  if (input.kind == ProbeKind::kReady) {
    count_ready(input.passed, clip(input.message));
  } else {
    count_live(input.passed, clip(input.message));
  }
}

void TaskMachine::count_ready(bool passed, const std::string& message) {
  const ProbeCount& probe = state_.ready;
  if (passed) {
    if (probe.passes < policy_.ready->rise || state_.healthy_since != kForever) return;
    // Only a fresh container has to prove itself for min_healthy_time.
    state_.healthy_since = state_.was_ready ? now_ - policy_.min_healthy_time : now_;
    if (!state_.was_ready) {
      state_.message =
          fmt::format("healthy, waiting for {}", model::format_duration(policy_.min_healthy_time));
    }
    return;
  }
  if (state_.healthy_since == kForever) state_.message = "waiting for its ready probe: " + message;
  if (!state_.was_ready) ask_soon();
  if (probe.failures < policy_.ready->fall) return;
  if (state_.healthy_since == kForever) return;
  state_.healthy_since = kForever;
  state_.phase = TaskPhase::kRunning;
  state_.message = fmt::format("its ready probe failed {} times: {}", probe.failures, message);
}

/// A fresh container is asked again sooner: most are up within moments.
void TaskMachine::ask_soon() {
  ProbeCount& probe = state_.ready;
  if (probe.failures <= kSoonerMax) {
    probe.next = std::min(probe.next, now_ + kFirstGap * (1 << (probe.failures - 1)));
  }
}

void TaskMachine::count_live(bool passed, const std::string& message) {
  if (passed || state_.live.failures < policy_.live->fall) return;
  state_.stop_reason = fmt::format("its live probe failed {} times: {}", state_.live.failures, message);
  state_.phase = TaskPhase::kStarting;
  state_.message = state_.stop_reason + "; restarting";
  state_.retry_at = now_;
  begin(Work::kStop);
}

void TaskMachine::run_failed(const std::string& why) {
  if (state_.intent != TaskIntent::kRun) return;  // it leaves anyway
  if (policy_.restart == RestartRule::kNever) {
    state_.hopeless = true;
    return end(TaskPhase::kFailed, why);
  }
  std::erase_if(state_.failures, [&](TimePoint at) { return at + policy_.within <= now_; });
  state_.failures.push_back(now_);
  const auto count = static_cast<uint32_t>(state_.failures.size());
  if (count >= policy_.attempts) {
    state_.hopeless = true;
    return end(TaskPhase::kFailed, count == 1 ? why
                                              : fmt::format("{} ({} failures within {})", why, count,
                                                            model::format_duration(policy_.within)));
  }
  const Duration wait = backoff(count, policy_.backoff, policy_.backoff_max, random_);
  state_.phase = TaskPhase::kStarting;
  state_.retry_at = now_ + wait;
  state_.message =
      fmt::format("{}; restart in {} (failure {} of {})", why, shorten(wait), count, policy_.attempts);
}

/// By the Node or its runtime: not held against the Task.
void TaskMachine::run_interrupted(const std::string& why) {
  if (policy_.restart == RestartRule::kNever) return run_failed(why);
  state_.phase = TaskPhase::kStarting;
  setback(why);
}

void TaskMachine::setback(const std::string& why) {
  const Duration wait =
      backoff(++state_.setbacks, policy_.backoff, std::min(policy_.backoff_max, kSetbackMax), random_);
  state_.retry_at = now_ + wait;
  state_.message = fmt::format("{}; next try in {}", why, shorten(wait));
}

/// It is stopped now, whatever came of that. A container that ended meanwhile had nothing left to prepare.
void TaskMachine::pre_stopped(const std::string& failure) {
  state_.pre_stopped = true;
  state_.message.clear();
  if (state_.alive) state_.pre_stop_failure = failure;
}

void TaskMachine::end(TaskPhase phase, std::string message) {
  state_.phase = phase;
  state_.message = std::move(message);
  state_.retry_at = now_;
  state_.setbacks = 0;
}

}  // namespace hancock::agent
