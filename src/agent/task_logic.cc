#include "agent/task_logic.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "model/units.h"

namespace hancock::agent {
namespace {

constexpr Duration kSetbackMax = 15s;  // registry and runtime are asked again at least this often

bool is_final(TaskPhase phase) { return phase == TaskPhase::kStopped || phase == TaskPhase::kFailed; }

std::string shorten(Duration span) {
  const auto unit = span < 1s ? Duration(100ms) : Duration(1s);
  return model::format_duration((span + unit / 2) / unit * unit);
}

std::string describe(const ContainerExited& end, const TaskPolicy& policy) {
  std::string text;
  if (end.exit.oom) {
    text = fmt::format("out of memory: it used more than its {}", model::format_size(policy.memory_bytes));
  } else if (end.exit.signal != 0) {
    text = fmt::format("ended by signal {}", end.exit.signal);
  } else {
    text = fmt::format("exit code {}", end.exit.code);
  }
  if (!end.last_words.empty()) text += ": " + end.last_words;
  return text;
}

/// One step, while it is taken.
class Machine {
 public:
  Machine(TaskState state, const TaskPolicy& policy, TimePoint now, Random& random)
      : state_(std::move(state)), policy_(policy), now_(now), random_(random) {}

  void take(const IntentChanged& input);
  void take(const WorkDone& input);
  void take(const WorkFailed& input);
  void take(const ContainerExited& input);
  void take(const Probed& input);
  void take(const Tick&) {}
  Step advance();

 private:
  void started();
  void count_ready(bool passed, const std::string& message);
  void count_live(bool passed, const std::string& message);
  void run_failed(const std::string& why);
  void setback(const std::string& why);
  void end(TaskPhase phase, std::string message);
  void begin(Work work);
  void advance_run();
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
  if (input.intent <= state_.intent) return;
  state_.intent = input.intent;
  if (is_final(state_.phase)) return;
  state_.retry_at = now_;
  state_.setbacks = 0;
  if (state_.work == Work::kPull) state_.work = Work::kNone;  // its answer will be stale
}

void Machine::take(const WorkDone& input) {
  if (state_.work == Work::kNone || input.id != state_.work_id) return;
  const Work done = std::exchange(state_.work, Work::kNone);
  state_.setbacks = 0;
  switch (done) {
    case Work::kPull:
      state_.pulled = true;
      state_.phase = TaskPhase::kStarting;
      state_.message.clear();
      return;
    case Work::kStart:
      return started();
    case Work::kStop:
      state_.alive = false;
      return run_failed(state_.stop_reason);
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
  if (std::exchange(state_.ran, true)) ++state_.restarts;
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
  if (failed == Work::kStop || failed == Work::kRemove || input.blame == Blame::kOthers) {
    return setback(input.message);
  }
  if (input.blame == Blame::kHopeless) {
    state_.hopeless = true;
    return end(TaskPhase::kFailed, input.message);
  }
  if (failed == Work::kPull) return setback(input.message);
  run_failed(input.message);
}

void Machine::take(const ContainerExited& input) {
  if (!state_.alive || input.attempt != state_.attempt) return;
  state_.alive = false;
  state_.exit = input.exit;
  if (state_.work == Work::kStop || state_.work == Work::kRemove) return;  // it was to end
  if (state_.intent != TaskIntent::kRun || is_final(state_.phase)) return;
  const bool success = input.exit.code == 0 && !input.exit.oom;
  const std::string text = describe(input, policy_);
  if (success && policy_.restart != RestartRule::kAlways)
    return end(TaskPhase::kStopped, "it ended by itself");
  if (policy_.restart == RestartRule::kNever) {
    state_.hopeless = true;
    return end(TaskPhase::kFailed, text);
  }
  run_failed(text);
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
    count_ready(input.passed, input.message);
  } else {
    count_live(input.passed, input.message);
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
  if (probe.failures < policy_.ready->fall) return;
  if (state_.healthy_since == kForever) return;
  state_.healthy_since = kForever;
  state_.phase = TaskPhase::kRunning;
  state_.message = fmt::format("its ready probe failed {} times: {}", probe.failures, message);
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
  if (state_.phase == TaskPhase::kAssigned) state_.phase = TaskPhase::kPulling;
  if (state_.phase == TaskPhase::kPulling && due()) {
    if (state_.message.empty()) state_.message = "pulling " + policy_.image;
    begin(Work::kPull);
  } else if (state_.phase == TaskPhase::kStarting && due()) {
    if (!state_.stop_reason.empty() && state_.alive) {
      begin(Work::kStop);  // again: it failed before
    } else {
      state_.stop_reason.clear();
      ++state_.attempt;
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
  if (is_final(state_.phase) || state_.intent != TaskIntent::kRun || !state_.alive) return when;
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

TaskState adopted(uint32_t attempt, bool was_ready, uint32_t restarts, const TaskPolicy& policy,
                  TimePoint now) {
  TaskState state;
  state.pulled = state.pod = state.alive = state.ran = true;
  state.attempt = attempt;
  state.restarts = restarts;
  state.was_ready = was_ready;
  // What served goes on serving until a probe says otherwise.
  state.phase = was_ready ? TaskPhase::kReady : TaskPhase::kRunning;
  if (was_ready) state.healthy_since = now - policy.min_healthy_time;
  if (!policy.ready && !was_ready) state.healthy_since = now;
  if (policy.ready) state.ready.next = now;
  if (policy.live) state.live.next = was_ready ? now : now + policy.live->start_period;
  return state;
}

TaskState found_dead(uint32_t attempt, uint32_t restarts) {
  TaskState state;
  state.pod = state.ran = true;
  state.attempt = attempt;
  state.restarts = restarts;
  return state;
}

EndpointWish endpoint_wish(const TaskState& state) {
  if (state.phase == TaskPhase::kReady && state.intent == TaskIntent::kRun) return EndpointWish::kReady;
  if (state.phase == TaskPhase::kDraining) return EndpointWish::kKeep;
  return EndpointWish::kAbsent;
}

bool is_over(const TaskState& state) {
  return is_final(state.phase) && !state.pod && state.work == Work::kNone;
}

Duration backoff(uint32_t count, Duration first, Duration longest, Random& random) {
  Duration wait = std::min(first, longest);
  for (uint32_t i = 1; i < count && wait < longest; ++i) wait = std::min(wait * 2, longest);
  const auto fifth = static_cast<uint64_t>(wait.count() / 5);
  return wait - Duration(fifth) + Duration(static_cast<int64_t>(random.below(2 * fifth + 1)));
}

std::string_view to_string(TaskPhase phase) {
  switch (phase) {
    case TaskPhase::kAssigned:
      return "assigned";
    case TaskPhase::kPulling:
      return "pulling";
    case TaskPhase::kStarting:
      return "starting";
    case TaskPhase::kRunning:
      return "running";
    case TaskPhase::kReady:
      return "ready";
    case TaskPhase::kDraining:
      return "draining";
    case TaskPhase::kStopping:
      return "stopping";
    case TaskPhase::kStopped:
      return "stopped";
    case TaskPhase::kFailed:
      return "failed";
  }
  return "unknown";
}

}  // namespace hancock::agent
