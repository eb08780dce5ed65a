#include "model/enum_names.h"

#include <gtest/gtest.h>

#include "hancock/model.pb.h"
#include "model/spec_testing.h"

namespace hancock::model {
namespace {

TEST(EnumNames, are_those_of_the_api) {
  EXPECT_EQ(name_of(TASK_STATE_READY), "ready");
  EXPECT_EQ(name_of(NODE_STATE_DISCONNECTED), "disconnected");
  EXPECT_EQ(name_of(DEPLOYMENT_STATE_ROLLED_BACK), "rolled_back");
  EXPECT_EQ(name_of(static_cast<TaskState>(99)), "99");
  EXPECT_EQ(find_enum_value(*TaskState_descriptor(), "ready")->number(), TASK_STATE_READY);
  EXPECT_EQ(find_enum_value(*TaskState_descriptor(), "none"), nullptr);
}

TEST(EnumNames, of_specs_are_what_a_spec_says) {
  EXPECT_EQ(name_of(UPDATE_STRATEGY_BLUE_GREEN), "blue-green");
  for (const RestartPolicy policy :
       {RESTART_POLICY_ALWAYS, RESTART_POLICY_ON_FAILURE, RESTART_POLICY_NEVER}) {
    const AppSpec spec = load(web("restart: {policy: " + name_of(policy) + "}"));
    EXPECT_EQ(spec.services().at("web").restart().policy(), policy);
  }
  for (const Spread spread : {SPREAD_NODE, SPREAD_SITE}) {
    const AppSpec spec = load(web("placement: {spread: " + name_of(spread) + "}"));
    EXPECT_EQ(spec.services().at("web").placement().spread(), spread);
  }
}

}  // namespace
}  // namespace hancock::model
