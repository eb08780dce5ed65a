#include "agent/task/task_logic.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "agent/task/task_words.h"
#include "model/units.h"

namespace hancock::agent {
namespace {

constexpr Duration kFirstGap = 10ms;  // between a fresh container's first probes, doubled each time
constexpr uint32_t kSoonerMax = 16;
constexpr Duration kSetbackMax = 15s;  // registry and runtime are asked again at least this often

/// One step, while it is taken.
class Machine {
 public:
  Machine(TaskState state, const TaskPolicy& policy, TimePoint now, Random& random)
      : state_(std::move(state)), policy_(policy), now_(now), random_(random) {}

  void take(const IntentChanged& input);
  void take(const WorkDone& input);
  void take(const WorkFailed& input);
  void take(const ContainerExited& input);
  void take(const ImageSettled&);
  void take(const Probed& input);
  void take(const Contact& input) { state_.offline_at = offline_at(policy_, input.last); }
  void take(const Tick&) {}
  Step advance();

 private:
  void started();
  void count_ready(bool passed, const std::string& message);
  void ask_soon();
  void count_live(bool passed, const std::string& message);
  void run_failed(const std::string& why);
  void run_interrupted(const std::string& why);
  void take_drain_back();
  void setback(const std::string& why);
  void end(TaskPhase phase, std::string message);
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

void Machine::take(const IntentChanged& input) {
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
void Machine::take_drain_back() {
  if (state_.phase != TaskPhase::kDraining) return;
  state_.phase = state_.stop_reason.empty() ? TaskPhase::kRunning : TaskPhase::kStarting;
  state_.message = state_.stop_reason;
  state_.ready.failures = state_.live.failures = 0;
  if (policy_.ready) state_.ready.next = now_;
  if (policy_.live) state_.live.next = std::max(state_.live.next, now_);
}

void Machine::take(const WorkDone& input) {
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
    case Work::kRemove:
      state_.alive = false;
      state_.pod = false;
      return;
    case Work::kNone:
      return;
  }
}

void Machine::started() {
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

void Machine::take(const WorkFailed& input) {
  if (state_.work == Work::kNone || input.id != state_.work_id) return;
  const Work failed = std::exchange(state_.work, Work::kNone);
  const std::string why = clip(input.message);
  if (failed == Work::kStop || failed == Work::kRemove || input.blame == Blame::kOthers) return setback(why);
  if (input.blame == Blame::kHopeless) {
    state_.hopeless = true;
    return end(TaskPhase::kFailed, why);
  }
  if (failed == Work::kPull) return setback(why);
  run_failed(why);
}

void Machine::take(const ContainerExited& input) {
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

void Machine::take(const ImageSettled&) {
  if (state_.was_ready || state_.intent != TaskIntent::kRun || is_final(state_.phase)) return;
  if (state_.work == Work::kPull) {
    state_.work = Work::kNone;  // its answer will be stale
  } else if (state_.phase == TaskPhase::kStarting || state_.phase == TaskPhase::kRunning) {
    state_.start_over = true;
  }
}

void Machine::take(const Probed& input) {
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

void Machine::count_ready(bool passed, const std::string& message) {
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
void Machine::ask_soon() {
  ProbeCount& probe = state_.ready;
  if (probe.failures <= kSoonerMax) {
    probe.next = std::min(probe.next, now_ + kFirstGap * (1 << (probe.failures - 1)));
  }
}

void Machine::count_live(bool passed, const std::string& message) {
  if (passed || state_.live.failures < policy_.live->fall) return;
  state_.stop_reason = fmt::format("its live probe failed {} times: {}", state_.live.failures, message);
  state_.phase = TaskPhase::kStarting;
  state_.message = state_.stop_reason + "; restarting";
  state_.retry_at = now_;
  begin(Work::kStop);
}

void Machine::run_failed(const std::string& why) {
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
void Machine::run_interrupted(const std::string& why) {
  if (policy_.restart == RestartRule::kNever) return run_failed(why);
  state_.phase = TaskPhase::kStarting;
  setback(why);
}

void Machine::setback(const std::string& why) {
  const Duration wait =
      backoff(++state_.setbacks, policy_.backoff, std::min(policy_.backoff_max, kSetbackMax), random_);
  state_.retry_at = now_ + wait;
  state_.message = fmt::format("{}; next try in {}", why, shorten(wait));
}

void Machine::end(TaskPhase phase, std::string message) {
  state_.phase = phase;
  state_.message = std::move(message);
  state_.retry_at = now_;
  state_.setbacks = 0;
}

void Machine::begin(Work work) {
  state_.work = work;
  ++state_.work_id;
  result_.begin = work;
}

Step Machine::advance() {
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

void Machine::advance_run() {
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

void Machine::start_over() {
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
void Machine::stand_by() {
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
bool Machine::come_back() {
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
void Machine::leave() {
  if (state_.phase != TaskPhase::kStopping) {
    state_.phase = TaskPhase::kStopping;
    state_.message.clear();
    state_.retry_at = now_;
  }
  if (state_.work != Work::kNone) return;
  if (state_.pod) return clean_up();
  state_.phase = TaskPhase::kStopped;
  state_.message.clear();
}

void Machine::clean_up() {
  if (state_.pod && due()) begin(Work::kRemove);
}

void Machine::probe() {
  if (!state_.alive || state_.work != Work::kNone) return;
  if (policy_.ready) ask(state_.ready, *policy_.ready, result_.ask_ready);
  if (policy_.live) ask(state_.live, *policy_.live, result_.ask_live);
}

void Machine::ask(ProbeCount& probe, const ProbePolicy& policy, bool& asked) {
  if (probe.asked || now_ < probe.next) return;
  probe.asked = true;
  probe.next = now_ + policy.interval;
  asked = true;
}

TimePoint Machine::wake() const {
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

}  // namespace

Step step(TaskState state, const Input& input, const TaskPolicy& policy, TimePoint now, Random& random) {
  Machine machine(std::move(state), policy, now, random);
  std::visit([&](const auto& what) { machine.take(what); }, input);
  return machine.advance();
}

TimePoint offline_at(const TaskPolicy& policy, TimePoint contact) {
  if (!policy.stop_after || *policy.stop_after >= kForever - contact) return kForever;
  return contact + *policy.stop_after;
}

EndpointWish endpoint_wish(const TaskState& state) {
  if (state.phase == TaskPhase::kReady && state.intent == TaskIntent::kRun) return EndpointWish::kReady;
  if (state.phase == TaskPhase::kDraining) return EndpointWish::kKeep;
  return EndpointWish::kAbsent;
}

bool is_final(TaskPhase phase) { return phase == TaskPhase::kStopped || phase == TaskPhase::kFailed; }

bool is_over(const TaskState& state) {
  return is_final(state.phase) && !state.pod && state.work == Work::kNone;
}

Duration backoff(uint32_t count, Duration first, Duration longest, Random& random) {
  Duration wait = std::min(first, longest);
  for (uint32_t i = 1; i < count && wait < longest; ++i) wait = std::min(wait * 2, longest);
  const auto fifth = static_cast<uint64_t>(wait.count() / 5);
  return wait - Duration(fifth) + Duration(static_cast<int64_t>(random.below(2 * fifth + 1)));
}

}  // namespace hancock::agent
