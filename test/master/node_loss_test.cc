// A Node is cut off, its Tasks are replaced, and it comes back with what it ran all the time: on a real
// Master with its etcd.
#include <signal.h>

#include "base/encoding.h"
#include "master/with_agent.h"
#include "model/json.h"

namespace hancock::test {
namespace {

class NodeLoss : public WithAgent {
 protected:
  /// One Task on node-1, and then a second Node with room for another.
  void serve(const std::string& disconnect = "") {
    std::string spec = kSpec;
    spec.replace(spec.find("replicas: 2"), 11, "replicas: 1");
    spec += "    disconnect: {lost_after: 6s" + disconnect + "}\n";
    const std::string id = put(spec).json()["services"]["web"]["deployment"];
    ASSERT_TRUE(succeeds(id));
    original_ = agent_->starts().begin()->first;
    join(other_, "node-2");
  }
  void lose() {
    agent_->be_silent(true);
    ASSERT_TRUE(master_.until([&] { return task(original_)["state"] == "lost"; }, 30s));
  }
  nlohmann::json task(const std::string& id) { return get("/v1/tasks/" + id); }
  nlohmann::json tasks() { return get("/v1/tasks?app=shop")["items"]; }
  bool one_serves_on(const std::string& node) {
    const auto live = tasks();
    return live.size() == 1 && live[0]["node"] == node && live[0]["state"] == "ready";
  }
  /// Asks the Master's door what an Agent may ask.
  Reply at_door(const std::string& path, const std::string& body) {
    return master_.send("POST", path, body, {{"X-Hancock-Node", "node-1"}}, master_.agent_token());
  }
  bool is_registered() {
    const nlohmann::json range = {{"key", base64_encode("/hancock/endpoints/node-1/" + original_)}};
    return at_door("/v3/kv/range", range.dump()).json().contains("kvs");
  }

  std::optional<FakeAgent> other_;
  std::string original_;
};

TEST_F(NodeLoss, WhatRunsOnComesBackWithoutARestartAndItsReplacementLeaves) {
  serve();
  lose();
  EXPECT_FALSE(is_registered());
  ASSERT_TRUE(master_.until([&] { return one_serves_on("node-2"); }));
  const std::string replacement = tasks()[0]["id"];
  EXPECT_EQ(task(replacement)["replaces"], original_);
  agent_->be_silent(false);
  ASSERT_TRUE(master_.until([&] { return one_serves_on("node-1"); }, 30s)) << tasks();
  EXPECT_EQ(tasks()[0]["id"], original_);
  EXPECT_EQ(agent_->starts().at(original_), 1) << "it is not started again";
  EXPECT_TRUE(is_registered());
  EXPECT_EQ(task(replacement)["state"], "stopped");
  for (const char* kind : {"node.lost", "task.lost", "task.returned", "task.adopted", "node.ready"})
    EXPECT_EQ(get(std::string("/v1/events?kind=") + kind)["items"].size(), 1U) << kind;
  EXPECT_TRUE(is_gapless(event_numbers()));
}

/// So no line has named it as undecided: that it is to be registered again only the fence tells.
TEST_F(NodeLoss, WhatWasDecidedBeforeItsNodeHeardOfItServesAgain) {
  serve();
  lose();
  ASSERT_TRUE(master_.until([&] { return one_serves_on("node-2"); }));
  const std::string hello = model::to_json(agent_->full_report());
  ASSERT_EQ(at_door("/v1/nodes/node-1/report", hello).status, 200);
  ASSERT_TRUE(master_.until([&] {
    const auto original = task(original_);
    return original["state"] == "ready" && original["intent"] == "run";
  })) << task(original_);
  agent_->be_silent(false);
  ASSERT_TRUE(master_.until([&] { return one_serves_on("node-1"); }, 30s)) << tasks();
  EXPECT_EQ(agent_->starts().at(original_), 1);
  EXPECT_TRUE(is_registered());
}

TEST_F(NodeLoss, WhereTheReplacementIsKeptTheOriginalIsDrained) {
  serve(", reconcile: keep_replacement");
  lose();
  ASSERT_TRUE(master_.until([&] { return one_serves_on("node-2"); }));
  agent_->be_silent(false);
  ASSERT_TRUE(master_.until([&] { return task(original_)["state"] == "stopped"; }, 30s)) << task(original_);
  EXPECT_TRUE(one_serves_on("node-2"));
  EXPECT_FALSE(is_registered());
}

TEST_F(NodeLoss, ItComesBackToAnotherBrainThanTheOneThatGaveItUp) {
  serve(", replace: false");
  lose();
  EXPECT_TRUE(tasks().empty());
  const pid_t brain = master_.brain_pid();
  ASSERT_EQ(kill(brain, SIGKILL), 0);
  ASSERT_TRUE(
      master_.until([&] { return master_.brain_pid() != brain && master_.get("/readyz").status == 200; }));
  agent_->be_silent(false);
  ASSERT_TRUE(master_.until([&] { return one_serves_on("node-1"); }, 30s));
  EXPECT_EQ(agent_->starts().at(original_), 1);
}

TEST_F(NodeLoss, LateAndRepeatedRegistrationsOfALostNodeAreRefused) {
  serve();
  const std::string registration = agent_->registration_of(original_);
  EXPECT_TRUE(at_door("/v3/kv/txn", registration).json().value("succeeded", false))
      << "as long as it is not lost";
  lose();
  for (int i = 0; i < 2; ++i) {
    const Reply late = at_door("/v3/kv/txn", registration);
    ASSERT_EQ(late.status, 200) << late.body;
    EXPECT_FALSE(late.json().value("succeeded", false));
  }
  EXPECT_FALSE(is_registered());

  // One that is stuck in the member's socket comes true when nobody waits for it any more.
  const pid_t etcd = master_.etcd_pid();
  ASSERT_EQ(kill(etcd, SIGSTOP), 0);
  EXPECT_EQ(at_door("/v3/kv/txn", registration).status, 503);
  ASSERT_EQ(kill(etcd, SIGCONT), 0);
  ASSERT_TRUE(master_.wait_until_ready());
  EXPECT_FALSE(is_registered());
}

TEST_F(NodeLoss, ATaskTellsWhy) {
  serve();
  lose();
  const Reply reply = master_.get("/v1/tasks/" + original_ + "/why");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["subject"], "task " + original_);
  EXPECT_NE(reply.body.find("node node-1 is lost, silent for"), std::string::npos) << reply.body;
  std::vector<std::string> kinds;
  const nlohmann::json why = reply.json();
  for (const auto& event : why["items"]) kinds.push_back(event["kind"]);
  for (const char* kind : {"deployment.started", "task.assigned", "task.ready", "node.lost", "task.lost"})
    EXPECT_NE(std::find(kinds.begin(), kinds.end(), kind), kinds.end()) << kind;
  EXPECT_EQ(master_.get("/v1/services/shop/web/why").json()["subject"], "service default/shop/web");
  EXPECT_EQ(master_.get("/v1/tasks/nobody/why").status, 404);
}

}  // namespace
}  // namespace hancock::test
