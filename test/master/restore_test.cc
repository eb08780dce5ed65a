// etcd's folder is put back to an older copy under a running Master: what runs goes on, and all follow into
// another epoch.
#include <signal.h>

#include <filesystem>

#include "master/with_agent.h"

namespace hancock::test {
namespace {

namespace fs = std::filesystem;

class Restore : public WithAgent {
 protected:
  fs::path folder() const { return master_.data() / "etcd"; }
  fs::path backup() const { return master_.data() / "etcd.copy"; }

  /// As a machine that loses its power leaves it.
  void copy() {
    const pid_t etcd = master_.etcd_pid();
    ASSERT_EQ(kill(etcd, SIGSTOP), 0);
    fs::copy(folder(), backup(), fs::copy_options::recursive);
    ASSERT_EQ(kill(etcd, SIGCONT), 0);
    ASSERT_TRUE(master_.wait_until_ready());
  }
  /// The supervisor sees etcd (and the brain) end when the older copy is in its place.
  void put_back(bool with_brain) {
    master_.kill(SIGSTOP);
    const pid_t etcd = master_.etcd_pid();
    ASSERT_EQ(kill(etcd, SIGKILL), 0);
    if (with_brain) {
      ASSERT_EQ(kill(master_.brain_pid(), SIGKILL), 0);
    }
    fs::remove_all(folder());
    fs::rename(backup(), folder());
    master_.kill(SIGCONT);
    ASSERT_TRUE(master_.until([&] { return master_.etcd_pid() != etcd; }));
  }
  void kill_brain() {
    const pid_t brain = master_.brain_pid();
    ASSERT_EQ(kill(brain, SIGKILL), 0);
    ASSERT_TRUE(
        master_.until([&] { return master_.brain_pid() != brain && master_.get("/readyz").status == 200; }));
    const int64_t term = get("/v1/leader")["term"];
    ASSERT_TRUE(master_.until([&] { return agent_->seen().second == term; }));
  }
  bool is_ready(int replicas) { return get("/v1/services/shop/web")["ready"] == replicas; }
  void scale(int replicas) {
    const std::string body = R"({"replicas":)" + std::to_string(replicas) + "}";
    ASSERT_EQ(master_.send("POST", "/v1/services/shop/web/scale", body).status, 200);
    ASSERT_TRUE(master_.until([&] { return is_ready(replicas); }));
  }
  void expect_all_in_epoch(int64_t epoch) {
    ASSERT_TRUE(master_.until([&] { return agent_->seen().first == epoch; }, 40s));
    ASSERT_TRUE(master_.wait_until_ready());
    EXPECT_EQ(get("/v1/leader")["epoch"], epoch);
    for (const auto& [task, starts] : agent_->starts()) EXPECT_EQ(starts, 1) << task;
    EXPECT_TRUE(is_gapless(event_numbers())) << "numbers go on behind what the copy has";
    const nlohmann::json events = get("/v1/events");
    const std::string id = events["items"].back()["id"];
    EXPECT_TRUE(id.starts_with(std::to_string(epoch) + "-")) << id;
  }
};

TEST_F(Restore, TheLeaderNoticesAndAllFollowIntoAnotherEpoch) {
  deploy();
  copy();
  scale(3);
  put_back(false);
  expect_all_in_epoch(2);
  EXPECT_TRUE(master_.until([&] { return is_ready(2); })) << "what the copy says is wanted";
  EXPECT_EQ(get("/v1/events?kind=leader.elected")["items"].back()["cause"], "restore");
  std::string next = kSpec;
  next.replace(next.find("shop:1"), 6, "shop:2");
  EXPECT_TRUE(succeeds(put(next).json()["services"]["web"]["deployment"]));
}

TEST_F(Restore, ABrainThatWasNotThereIsToldByTheAgents) {
  deploy();
  copy();
  kill_brain();
  kill_brain();
  scale(3);
  ASSERT_EQ(agent_->seen(), std::pair(int64_t{1}, int64_t{3}));
  put_back(true);  // it takes over as (1, 2)
  expect_all_in_epoch(2);
  scale(4);
}

}  // namespace
}  // namespace hancock::test
