// Faults: what stops and comes back, and what must not be lost meanwhile.
#include <signal.h>

#include "master/with_agent.h"

namespace hancock::test {
namespace {

class Faults : public WithAgent {};

TEST_F(Faults, WithoutEtcdRequestsAreRefusedAndThenAnsweredAgain) {
  deploy();
  const pid_t etcd = master_.etcd_pid();
  ASSERT_EQ(kill(etcd, SIGSTOP), 0);
  EXPECT_TRUE(master_.until([&] { return master_.get("/readyz").status == 503; }));
  const Reply read = master_.get("/v1/apps");
  EXPECT_EQ(read.status, 503);
  EXPECT_EQ(read.code(), "no_store");
  EXPECT_TRUE(read.headers.has("Retry-After"));
  EXPECT_EQ(put().status, 503);
  EXPECT_EQ(master_.get("/v1/apps?stale").status, 200);
  EXPECT_EQ(master_.send("GET", "/v1/apps", "", {}, "wrong").status, 401);

  ASSERT_EQ(kill(etcd, SIGKILL), 0);
  ASSERT_TRUE(master_.wait_until_ready()) << "the supervisor has started etcd again";
  EXPECT_NE(master_.etcd_pid(), etcd);
  EXPECT_EQ(get("/v1/services/shop/web")["ready"], 2);
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":1})").status, 200);
  EXPECT_TRUE(is_gapless(event_numbers()));
}

/// Stopped for longer than a Node may be silent.
class Standstill : public Faults {
 protected:
  void stand_still(pid_t process) {
    const std::string spec = std::string(kSpec) + "    disconnect: {lost_after: 6s}\n";
    const std::string id = put(spec).json()["services"]["web"]["deployment"];
    ASSERT_TRUE(succeeds(id));
    ASSERT_EQ(kill(process, SIGSTOP), 0);
    master_.until([] { return false; }, 12s);
    ASSERT_EQ(kill(process, SIGCONT), 0);
    ASSERT_TRUE(master_.wait_until_ready());
    // A decision made from what was known before would be made within the first rounds.
    EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":3})").status, 200);
    ASSERT_TRUE(master_.until([&] { return get("/v1/services/shop/web")["ready"] == 3; }));
    EXPECT_EQ(get("/v1/nodes/node-1")["state"], "ready");
    for (const char* kind : {"node.suspect", "node.lost", "task.lost"})
      EXPECT_TRUE(get(std::string("/v1/events?kind=") + kind)["items"].empty()) << kind;
  }
};

TEST_F(Standstill, OfEtcdLosesNoNode) { stand_still(master_.etcd_pid()); }
TEST_F(Standstill, OfTheBrainLosesNoNode) { stand_still(master_.brain_pid()); }

TEST_F(Faults, ABrainThatIsKilledComesBackToWhatItLeft) {
  deploy();
  const auto events = event_numbers();
  const pid_t brain = master_.brain_pid();
  const pid_t etcd = master_.etcd_pid();
  ASSERT_EQ(kill(brain, SIGKILL), 0);
  ASSERT_TRUE(
      master_.until([&] { return master_.brain_pid() != brain && master_.get("/readyz").status == 200; }));
  EXPECT_EQ(master_.etcd_pid(), etcd) << "etcd goes on";
  EXPECT_EQ(get("/v1/leader")["term"], 2);
  EXPECT_EQ(get("/v1/services/shop/web")["ready"], 2);
  EXPECT_TRUE(master_.until([&] { return agent_->last_line().term() == 2; }))
      << "the Agent comes back by itself";
  EXPECT_EQ(agent_->connects(), 2U);
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":3})").status, 200);
  EXPECT_TRUE(master_.until([&] { return get("/v1/services/shop/web")["ready"] == 3; }));
  const auto later = event_numbers();
  EXPECT_GT(later.size(), events.size());
  EXPECT_TRUE(is_gapless(later));
}

TEST_F(Faults, AllKilledAtOnceComesBackToWhatItLeft) {
  deploy();
  master_.kill(SIGKILL);
  master_.start_again();
  ASSERT_TRUE(master_.wait_until_ready());
  EXPECT_EQ(get("/v1/services/shop/web")["ready"], 2);
  EXPECT_TRUE(is_gapless(event_numbers()));
}

}  // namespace
}  // namespace hancock::test
