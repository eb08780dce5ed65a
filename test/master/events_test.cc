// Events are read on from any place, across a restart of the Master: nothing is missed, nothing told twice.
#include <signal.h>

#include "master/with_agent.h"

namespace hancock::test {
namespace {

class Events : public WithAgent {
 protected:
  std::vector<int64_t> numbers_after(const std::string& place) {
    std::vector<int64_t> numbers;
    const nlohmann::json events = get("/v1/events?after=" + place);
    for (const auto& event : events["items"]) numbers.push_back(event["number"]);
    return numbers;
  }
  void restart_brain() {
    const pid_t brain = master_.brain_pid();
    ASSERT_EQ(kill(brain, SIGKILL), 0);
    ASSERT_TRUE(
        master_.until([&] { return master_.brain_pid() != brain && master_.get("/readyz").status == 200; }));
  }
};

TEST_F(Events, GoOnBehindTheLastOneAfterARestart) {
  deploy();
  std::vector<int64_t> seen = event_numbers();
  restart_brain();
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":3})").status, 200);
  ASSERT_TRUE(master_.until([&] { return get("/v1/services/shop/web")["ready"] == 3; }));
  const std::vector<int64_t> more = numbers_after("1-" + std::to_string(seen.back()));
  ASSERT_FALSE(more.empty());
  seen.insert(seen.end(), more.begin(), more.end());
  EXPECT_TRUE(is_gapless(seen)) << "nothing missed, nothing twice";
}

TEST_F(Events, APlaceThatIsNotThereYetIsRefused) {
  deploy();
  const Reply reply = master_.get("/v1/events?after=1000000");
  EXPECT_EQ(reply.status, 410) << reply.body;
  EXPECT_EQ(reply.code(), "gone");
  EXPECT_EQ(reply.json()["oldest"], "1-1");
  EXPECT_EQ(master_.get("/v1/events?after=2-1").status, 410) << "nor is another epoch's";
  EXPECT_EQ(master_.get("/v1/events?after=0").status, 200);
}

}  // namespace
}  // namespace hancock::test
