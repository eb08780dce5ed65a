#include "slardar/confd/refusals.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

TEST(Refusals, a_long_reason_is_cut_between_characters) {
  EXPECT_EQ(shortened("short"), "short");
  const std::string cut = shortened(std::string(199, 'x') + "äää");
  EXPECT_EQ(cut, std::string(199, 'x') + "…");
  EXPECT_LT(shortened(std::string(1 << 20, 'x')).size(), kReasonBytesMax + 4);
}

TEST(Refusals, of_many_those_are_listed_that_the_leader_waits_for) {
  const registry::Keys keys;
  Refusals all;
  for (int i = 0; i < 20'000; ++i) all[keys.prefix() + "tls/" + std::to_string(i)] = "not supported yet";
  EXPECT_EQ(listed(all, keys).size(), kListedMax);
  all[keys.route("t", "a", "s")] = "bad";
  all[keys.upstreams() + "u"] = "bad";
  const Refusals chosen = listed(all, keys);
  EXPECT_EQ(chosen.size(), kListedMax);
  EXPECT_TRUE(chosen.contains(keys.route("t", "a", "s")));
  EXPECT_FALSE(chosen.contains(keys.upstreams() + "u"));
}

}  // namespace
}  // namespace hancock::slardar
