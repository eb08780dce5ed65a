// Logs: asked for over the assignment stream, sent up by the Agent, relayed to who asked.
#include "master/with_agent.h"

namespace hancock::test {
namespace {

class Logs : public WithAgent {
 protected:
  std::string logs_of_first_task() {
    deploy();
    const std::string task = get("/v1/tasks?app=shop")["items"][0]["id"];
    return "/v1/tasks/" + task + "/logs";
  }
};

TEST_F(Logs, AreRelayedFromTheNode) {
  const Reply reply = master_.get(logs_of_first_task() + "?tail=10&stream=stdout");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.headers.get("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(reply.json()["line"], "hello") << reply.body;
}

TEST_F(Logs, ThatAreGoneSaySo) {
  const std::string path = logs_of_first_task();
  agent_->lose_logs();
  const Reply reply = master_.get(path);
  EXPECT_EQ(reply.status, 410) << reply.body;
  EXPECT_EQ(reply.code(), "gone");
}

TEST_F(Logs, OfANodeThatDoesNotAnswerSaySo) {
  const std::string path = logs_of_first_task();
  agent_->be_deaf();
  const Reply reply = master_.get(path);
  EXPECT_EQ(reply.status, 504) << reply.body;
  EXPECT_EQ(reply.code(), "timeout");
  EXPECT_NE(reply.body.find("node-1"), std::string::npos);
}

TEST_F(Logs, OfANodeThatIsNotConnectedSaySo) {
  const std::string path = logs_of_first_task();
  scope_.cancel();
  EXPECT_TRUE(master_.until([&] { return master_.get(path).code() == "node_silent"; }));
  EXPECT_EQ(master_.get(path).status, 503);
}

TEST_F(Logs, WrongQueriesAreNamed) {
  const std::string path = logs_of_first_task();
  for (const char* query : {"?tail=-1", "?tail=x", "?since=5", "?stream=all"}) {
    EXPECT_EQ(master_.get(path + query).status, 400) << query;
  }
}

}  // namespace
}  // namespace hancock::test
