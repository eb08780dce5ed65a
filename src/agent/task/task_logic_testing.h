// TaskLogicTest: what tests of a Task's life stand on.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/task/task_logic.h"

namespace hancock::agent {

/// A Task between the logic and hands that do what they are told to.
class TaskLogicTest : public testing::Test {
 protected:
  void feed(const Input& input) {
    last_ = step(std::move(state_), input, policy_, now_, random_);
    state_ = last_.state;
  }
  void advance(Duration by) {
    now_ += by;
    feed(Tick{});
  }
  void done() { feed(WorkDone{state_.work_id}); }
  void failed(Blame blame, const std::string& message) { feed(WorkFailed{state_.work_id, blame, message}); }
  void exited(int32_t code) { feed(ContainerExited{state_.attempt, {.code = code}, "bye"}); }
  void probed(ProbeKind kind, bool passed) { feed(Probed{kind, state_.attempt, passed, "refused"}); }

  /// Up to a container that runs.
  void run() {
    feed(Tick{});
    ASSERT_EQ(last_.begin, Work::kPull);
    done();
    ASSERT_EQ(last_.begin, Work::kStart);
    done();
    ASSERT_EQ(state_.phase, TaskPhase::kRunning);
  }
  /// Up to ready, with a ready probe of rise 2.
  void get_ready() {
    run();
    ASSERT_TRUE(last_.ask_ready);
    probed(ProbeKind::kReady, true);
    advance(2s);
    ASSERT_TRUE(last_.ask_ready);
    probed(ProbeKind::kReady, true);
    advance(5s);
    ASSERT_EQ(state_.phase, TaskPhase::kReady);
  }

  TaskPolicy policy_{.image = "shop:1", .ready = ProbePolicy{}};
  TaskState state_;
  Step last_;
  TimePoint now_{1h};
  SeededRandom random_{1};
};

}  // namespace hancock::agent
