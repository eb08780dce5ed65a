// A Master and a FakeAgent on its loop: what most tests of the path behind a spec start from.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "io/scope.h"
#include "master/fake_agent.h"
#include "master/master_process.h"

namespace hancock::test {

inline constexpr const char* kSpec = R"(app: shop
services:
  web:
    image: registry.test/shop:1
    replicas: 2
    ports: [{name: http, port: 8080}]
    routes: [{hosts: [shop.test], port: http}]
)";

class WithAgent : public testing::Test {
 protected:
  void SetUp() override {
    master_.start();
    ASSERT_TRUE(master_.wait_until_ready());
    join(agent_, "node-1");
  }
  void join(std::optional<FakeAgent>& agent, const std::string& node) {
    FakeAgentOptions options{.master = master_.api(), .token = master_.agent_token(), .node = node};
    agent.emplace(master_.loop(), std::move(options));
    scope_.spawn(agent->run());
    scope_.spawn(agent->give_signs_of_life());
    ASSERT_TRUE(master_.until([&] { return agent->lines() > 0; })) << "the Agent gets its first line";
  }
  void TearDown() override { scope_.cancel(); }

  Reply put(const std::string& spec = kSpec, http::Headers headers = {}) {
    return master_.send("PUT", "/v1/apps/shop", spec, std::move(headers));
  }
  nlohmann::json get(const std::string& target) { return master_.get(target).json(); }
  /// Deploys kSpec and waits for its success; gives the Deployment's id.
  std::string deploy() {
    const Reply reply = put();
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string id = reply.json()["services"]["web"]["deployment"];
    EXPECT_TRUE(succeeds(id)) << get("/v1/deployments/" + id);
    return id;
  }
  bool succeeds(const std::string& deployment) {
    return master_.until([&] { return get("/v1/deployments/" + deployment)["state"] == "succeeded"; });
  }
  /// Numbers of all Events, as the API gives them.
  std::vector<int64_t> event_numbers() {
    std::vector<int64_t> numbers;
    const nlohmann::json events = get("/v1/events");
    for (const auto& event : events["items"]) numbers.push_back(event["number"]);
    return numbers;
  }

  MasterProcess master_;
  io::Scope scope_;
  std::optional<FakeAgent> agent_;
};

/// 1, 2, 3, … without a gap.
inline bool is_gapless(const std::vector<int64_t>& numbers) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != static_cast<int64_t>(i) + 1) return false;
  }
  return !numbers.empty();
}

}  // namespace hancock::test
