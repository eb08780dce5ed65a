// The Task's logic under hands that fail, dawdle, repeat themselves and speak out of turn, from a seed.
#include <gtest/gtest.h>

#include <deque>

#include "agent/task/task_resume.h"
#include "agent/task/task_words.h"

namespace hancock::agent {
namespace {

/// A Node with one Task: does the works one by one, as badly as `random` likes.
class RandomNode {
 public:
  explicit RandomNode(uint64_t seed) : random_(seed) {
    policy_.image = "shop:1";
    policy_.restart = static_cast<RestartRule>(random_.below(3));
    policy_.attempts = static_cast<uint32_t>(1 + random_.below(6));
    if (chance(70)) policy_.ready = ProbePolicy{};
    if (chance(50)) policy_.live = ProbePolicy{.start_period = 1s};
    policy_.has_pre_stop = chance(50);
    policy_.min_healthy_time = Duration(1s) * static_cast<int64_t>(random_.below(10));
  }

  /// One random thing happens. `calm`: works succeed and nothing else goes wrong.
  void happen(bool calm) {
    const uint64_t what = calm ? random_.below(2) : random_.below(10);
    if (what == 0 || works_.empty()) pass_time();
    if (what == 1 && !works_.empty()) finish_work(calm);
    if (what == 2 && running_) exit_container();
    if (what == 3) answer_probe();
    if (what == 4) feed(WorkDone{state_.work_id - 1 - random_.below(3)});  // stale
    if (what == 5) feed(ContainerExited{state_.attempt - 1, {}, ""});      // stale
    if (what == 6 && chance(5)) feed(IntentChanged{static_cast<TaskIntent>(random_.below(3))});
    if (what == 7) feed(Tick{});
    if (what == 8 && chance(20)) restart_agent();
    if (what == 9 && chance(10)) feed(ImageSettled{});
  }

  void release() { feed(IntentChanged{TaskIntent::kRelease}); }
  const TaskState& state() const { return state_; }
  bool nothing_left() const { return !running_ && !pod_; }

 private:
  struct Pending {
    Work work;
    uint64_t id;
  };
  bool chance(uint64_t percent) { return random_.below(100) < percent; }

  void pass_time() {
    if (chance(80) && wake_ != kForever) {
      now_ = std::max(now_, wake_);
    } else {
      now_ += std::chrono::milliseconds(random_.below(5000));
    }
    feed(Tick{});
  }

  void finish_work(bool calm) {
    const Pending pending = works_.front();
    const bool fails = !calm && chance(40);
    // A pull that was abandoned may end at any time; all else is one after the other.
    works_.pop_front();
    if (fails && pending.work == Work::kStart && chance(50)) {
      run_container();  // although the call failed
      return feed(WorkFailed{pending.id, Blame::kOthers, "no answer"});
    }
    if (fails) return feed(WorkFailed{pending.id, static_cast<Blame>(random_.below(3)), "no"});
    if (pending.work == Work::kStart) {
      run_container();
    }
    if (pending.work == Work::kStop || pending.work == Work::kRemove) running_ = false;
    if (pending.work == Work::kRemove) attempt_ = 0;
    if (pending.work == Work::kRemove) pod_ = false;
    feed(WorkDone{pending.id});
  }

  /// One of this number that runs is taken as it is.
  void run_container() {
    if (running_ && attempt_ == state_.attempt) return;
    ASSERT_FALSE(running_) << "two containers";
    running_ = true;
    attempt_ = state_.attempt;
    ++starts_;
  }

  /// Killed at any moment; what was under way has come through or not. The next one knows the journal, which
  /// was written before the last thing that was begun, and looks at the Node.
  void restart_agent() {
    for (const Pending& pending : std::exchange(works_, {})) {
      if (chance(50)) continue;
      if (pending.work == Work::kStart) run_container();
      if (pending.work == Work::kStop) running_ = false;
    }
    const uint64_t starts = starts_;
    const TaskIntent intent = state_.intent;
    TaskState remembered = chance(50) ? state_ : journal_;
    remembered.intent = intent;
    Resumed next = resumed(std::move(remembered), {pod_, attempt_, running_}, policy_, now_);
    state_ = std::move(next.state);
    ASSERT_TRUE(!next.ended || !running_) << "what runs was taken for dead";
    ASSERT_TRUE(!running_ || state_.alive) << "what runs was not adopted";
    if (next.ended) feed(ContainerExited{state_.attempt, {.code = 1}, ""});
    feed(Tick{});
    ASSERT_EQ(starts_, starts);
  }

  void exit_container() {
    running_ = false;
    feed(ContainerExited{attempt_, {.code = static_cast<int32_t>(random_.below(3))}, ""});
  }

  void answer_probe() {
    const auto kind = chance(50) ? ProbeKind::kReady : ProbeKind::kLive;
    feed(Probed{kind, static_cast<uint32_t>(random_.below(state_.attempt + 1)), chance(70), "no"});
  }

  void feed(const Input& input) {
    const TaskState before = state_;
    const Step next = step(state_, input, policy_, now_, random_);
    state_ = next.state;
    wake_ = next.wake;
    if (next.begin != Work::kNone) journal_ = state_;
    if (next.begin != Work::kNone) begin(before, next.begin);
    check(before, next);
  }

  void begin(const TaskState& before, Work work) {
    ASSERT_EQ(before.work == Work::kNone || before.work_id != state_.work_id, true);
    for (const Pending& pending : works_) ASSERT_EQ(pending.work, Work::kPull) << "two works at once";
    works_.push_back({work, state_.work_id});
    if (work == Work::kStart) pod_ = true;
    if (work == Work::kPreStop) {
      ASSERT_EQ(before.intent == TaskIntent::kRelease || state_.intent == TaskIntent::kRelease, true);
      ASSERT_FALSE(before.pre_stopped) << "a second time";
    }
    if (work == Work::kStart) {
      ASSERT_TRUE(!running_ || attempt_ == state_.attempt) << "started beside a running one";
      ASSERT_EQ(state_.intent, TaskIntent::kRun) << "started on the way out";
    }
  }

  /// `when` implies `then`.
  static bool implies(bool when, bool then) { return !when || then; }

  void check(const TaskState& before, const Step& next) {
    const auto wish = endpoint_wish(state_);
    const bool leaves = state_.intent == TaskIntent::kRelease;
    const bool was_final = before.phase == TaskPhase::kStopped || before.phase == TaskPhase::kFailed;
    const bool settled = state_.phase == TaskPhase::kReady || state_.phase == TaskPhase::kDraining ||
                         state_.phase == TaskPhase::kRunning;
    ASSERT_TRUE(implies(before.intent == TaskIntent::kRelease, state_.intent == TaskIntent::kRelease));
    ASSERT_TRUE(implies(before.phase == TaskPhase::kStopping, state_.intent >= before.intent));
    ASSERT_TRUE(implies(running_ && attempt_ == state_.started, state_.alive));
    ASSERT_LT(state_.restarts, std::max<uint64_t>(starts_, 1));
    ASSERT_TRUE(implies(state_.alive || pod_, state_.pod));
    ASSERT_TRUE(implies(wish == EndpointWish::kReady, state_.alive && state_.intent == TaskIntent::kRun));
    ASSERT_TRUE(implies(leaves, wish == EndpointWish::kAbsent)) << "serves after its release";
    ASSERT_TRUE(implies(next.ask_ready || next.ask_live, state_.alive));
    ASSERT_TRUE(implies(was_final, state_.phase == before.phase)) << "a final phase was left";
    ASSERT_LE(state_.failures.size(), policy_.attempts);
    const bool waits_for_nothing = state_.work == Work::kNone && !is_over(state_) && next.wake == kForever;
    ASSERT_TRUE(implies(waits_for_nothing, settled)) << "stuck in " << to_string(state_.phase);
  }

  SeededRandom random_;
  TaskPolicy policy_;
  TaskState state_;
  TimePoint now_{1h};
  TimePoint wake_{1h};
  std::deque<Pending> works_;
  bool running_ = false;
  bool pod_ = false;
  uint32_t attempt_ = 0;  // of the newest container that was started
  uint64_t starts_ = 0;
  TaskState journal_;
};

TEST(TaskLogicProperty, NeverTwoContainersNeverServingAfterReleaseAndAlwaysAnEnd) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomNode node(seed);
    for (int i = 0; i < 200; ++i) node.happen(/*calm=*/false);
    node.release();
    for (int i = 0; i < 200 && !is_over(node.state()); ++i) node.happen(/*calm=*/true);
    ASSERT_TRUE(is_over(node.state())) << to_string(node.state().phase) << ": " << node.state().message;
    ASSERT_TRUE(node.nothing_left());
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace hancock::agent
