// One of two gateways on an etcd, killed with SIGKILL at seeded random moments, while one Task follows
// another: it never answers wrongly, and visitors of the other gateway notice nothing.
#include <gtest/gtest.h>

#include "base/testing/kills.h"
#include "shop.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayKills : public ::testing::Test {
 protected:
  void SetUp() override {
    shop_.start();
    other_.launch();
    ASSERT_TRUE(shop_.until([&] { return shop_.get_at(other_.http, "shop.test").status == 200; }));
  }

  std::string visit_at(const io::Address& gateway) {
    const http::Answer answer = shop_.get_at(gateway, "shop.test");
    EXPECT_EQ(answer.status, 200) << (&gateway == &other_.http ? "of the other: " : "of the one: ")
                                  << gateway.to_string() << " " << answer.body;
    return answer.body;
  }
  /// Each gateway that serves.
  void visit() {
    visit_at(other_.http);
    if (shop_.has_started()) visit_at(shop_.http);
  }
  /// The other one's visitors come all the while.
  bool until(const std::function<bool()>& holds) {
    return shop_.until([&] {
      visit_at(other_.http);
      return holds();
    });
  }
  /// As it serves, or as it starts.
  void strike() {
    shop_.kill();
    if (kills_.random().below(3) == 0) {
      shop_.spawn();
      const TimePoint at = shop_.loop.now() + kills_.moment(200ms);
      until([&] { return shop_.loop.now() >= at; });
      shop_.kill();
    }
    shop_.spawn();
  }

  Kills kills_{100};
  Shop shop_;
  RealGateway other_{shop_};
};

TEST_F(GatewayKills, at_any_moment_no_answer_is_wrong_and_visitors_of_the_other_notice_nothing) {
  registry::Endpoint serving = shop_.endpoint;
  while (kills_.next()) {
    SCOPED_TRACE(::testing::Message() << kills_);
    const std::string name = "v" + std::to_string(kills_.number());
    const auto next = endpoint_of("web", name, shop_.named_peer(name).port());
    const uint64_t strike_at = kills_.random().below(12);
    for (uint64_t step = 0; step < 12; ++step) {
      if (step == 2) shop_.put(next);
      if (step == 5) shop_.put(barrier_of("b", {serving.task}));
      if (step == strike_at) strike();
      visit();
    }
    ASSERT_TRUE(until([&] { return shop_.has_started(); }));
    EXPECT_TRUE(until([&] { return visit_at(shop_.http) == name; }));
    shop_.remove(key_of(serving));
    shop_.remove(registry::Keys().barrier("b"));
    serving = next;
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace hancock::slardar
