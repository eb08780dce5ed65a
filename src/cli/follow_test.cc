#include "cli/follow.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

model::Task task(uint32_t version, model::TaskState state, const std::string& message = "") {
  model::Task one;
  one.set_id("t1");
  one.set_node("node-1");
  one.set_version(version);
  one.set_state(state);
  one.set_message(message);
  return one;
}

model::Deployment deployment(model::DeploymentState state) {
  model::Deployment one;
  one.set_from_version(1);
  one.set_to_version(2);
  one.set_wanted(3);
  one.set_ready(1);
  one.set_state(state);
  return one;
}

TEST(LookAtDeployment, shows_what_holds_it_up) {
  auto one = deployment(model::DEPLOYMENT_STATE_RUNNING);
  one.set_phase(model::DEPLOYMENT_PHASE_START);
  const Look look = look_at(one, {task(1, model::TASK_STATE_READY, "old"),
                                  task(2, model::TASK_STATE_STARTING, "exited with code 1")});
  EXPECT_EQ(look.outcome, Look::Outcome::kGoing);
  EXPECT_EQ(look.line, "version 2: starting, 1 of 3 ready (task t1 on node-1: exited with code 1)");
}

TEST(LookAtDeployment, ends_with_the_reason) {
  auto failed = deployment(model::DEPLOYMENT_STATE_ROLLED_BACK);
  failed.set_message("image x: not found");
  EXPECT_EQ(look_at(failed, {}).outcome, Look::Outcome::kFailed);
  EXPECT_EQ(look_at(failed, {}).line, "version 2 failed, version 1 goes on: image x: not found");
  EXPECT_EQ(look_at(deployment(model::DEPLOYMENT_STATE_SUCCEEDED), {}).outcome, Look::Outcome::kDone);
  EXPECT_EQ(look_at(deployment(model::DEPLOYMENT_STATE_SUPERSEDED), {}).outcome, Look::Outcome::kFailed);
}

TEST(LookAtService, is_done_when_just_the_wanted_tasks_are_ready) {
  model::Service service;
  service.set_replicas(1);
  service.set_version(2);
  EXPECT_EQ(look_at(service, {}).outcome, Look::Outcome::kGoing);
  EXPECT_EQ(look_at(service, {task(2, model::TASK_STATE_READY)}).outcome, Look::Outcome::kDone);
  EXPECT_EQ(look_at(service, {task(2, model::TASK_STATE_READY), task(2, model::TASK_STATE_DRAINING)}).outcome,
            Look::Outcome::kGoing);
  EXPECT_EQ(look_at(service, {task(2, model::TASK_STATE_READY), task(1, model::TASK_STATE_STOPPED)}).outcome,
            Look::Outcome::kDone);
}

TEST(LookAtService, tells_how_far_a_stop_is) {
  model::Service service;
  service.set_stopped(true);
  EXPECT_EQ(look_at(service, {task(1, model::TASK_STATE_STOPPING)}).line, "stopping, 1 running");
  EXPECT_EQ(look_at(service, {task(1, model::TASK_STATE_STOPPED)}).line, "stopped");
}

}  // namespace
}  // namespace hancock::cli
