#include "agent/options.h"

#include <gtest/gtest.h>

#include "agent/masters.h"

namespace hancock::agent {
namespace {

AgentOptions good() {
  AgentOptions options;
  options.node = "node-1";
  options.site = "site-1";
  options.address = "198.18.7.32";
  options.data = "/var/lib/hancock";
  return options;
}

std::string refusal(const AgentOptions& options) {
  const auto checked = check(options);
  return checked ? "" : checked.error().message;
}

TEST(AgentOptions, WhatIsWrongIsNamedWithItsValueAndWhatIsAllowed) {
  EXPECT_EQ(refusal(good()), "");
  AgentOptions options = good();
  options.address = "fd00::1";
  EXPECT_EQ(refusal(options), "--address: \"fd00::1\": the IPv4 address at which host ports are reached");
  options = good();
  options.cgroup = "/../etc";
  EXPECT_EQ(refusal(options), "--cgroup: \"/../etc\": an absolute path below the cgroup hierarchies' mounts");
  options = good();
  options.containerd = std::string(108, 'x');
  EXPECT_NE(refusal(options).find("at most 107 bytes"), std::string::npos);
  options = good();
  options.warm_sandboxes = -1;
  EXPECT_EQ(refusal(options), "--warm-sandboxes: \"-1\": 0 to 64");
  options = good();
  options.images.high = 101;
  EXPECT_EQ(refusal(options), "--image-disk-high: \"101\": 1 to 100 percent");
  options = good();
  options.images.low = options.images.high;
  EXPECT_EQ(refusal(options), "--image-disk-low: \"80\": percent, below --image-disk-high");
}

TEST(Masters, AreReachedByIpv4) {
  EXPECT_TRUE(Masters::parse("10.0.0.2:7400,http://10.0.0.3:7400"));
  for (const char* list : {"10.0.0.2:7400,[fd00::1]:7400", "unix:/run/master.sock"}) {
    const auto refused = Masters::parse(list);
    ASSERT_FALSE(refused) << list;
    EXPECT_NE(refused.error().message.find("an IPv4 address and a port"), std::string::npos)
        << refused.error().message;
  }
}

}  // namespace
}  // namespace hancock::agent
