#include "slardar/confd/health_table.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

Server server(uint16_t port, uint32_t max_fails = 1) {
  Server made{*io::Address::of("10.0.0.1", port), ""};
  made.passive.max_fails = max_fails;
  return made;
}

TEST(HealthTable, the_same_list_has_the_same_health) {
  HealthTable table;
  const auto first = table.of("u", {{"", {server(1), server(2)}}});
  EXPECT_EQ(table.of("u", {{"", {server(1), server(2)}}}), first);
  EXPECT_NE(table.of("other", {{"", {server(1), server(2)}}}), first);
}

TEST(HealthTable, what_is_known_of_servers_that_stay_goes_on) {
  HealthTable table;
  const auto first = table.of("u", {{"", {server(1), server(2)}}});
  first->levels[0][1]->set_verdict(Verdict::kErr);
  const auto second = table.of("u", {{"", {server(2), server(3)}}});
  EXPECT_EQ(second->levels[0][0], first->levels[0][1]);
  EXPECT_EQ(second->levels[0][1]->verdict(), Verdict::kUnchecked);
  EXPECT_EQ(second->changes, first->changes) << "who looks for changes goes on from there";
  const auto third = table.of("u", {{"", {server(2, 7)}}});
  EXPECT_EQ(third->levels[0][0]->verdict(), Verdict::kErr);
  EXPECT_EQ(third->levels[0][0]->limits().max_fails, 7U);
}

TEST(HealthTable, one_that_stands_at_two_levels_is_one_server) {
  HealthTable table;
  const auto health = table.of("u", {{"", {server(1), server(2)}}, {"", {server(1)}}});
  EXPECT_EQ(health->levels[1][0], health->levels[0][0]);
}

TEST(HealthTable, who_weighs_nothing_at_any_level_gets_no_traffic) {
  HealthTable table;
  Server idle = server(2);
  idle.weight = 0;
  const auto health = table.of("u", {{"", {server(1), idle}}});
  EXPECT_EQ(health->weighty, (std::vector<PeerHealthPtr>{health->levels[0][0]}));
  const auto weighty = table.of("u", {{"", {server(1), server(2)}}});
  EXPECT_EQ(weighty->levels, health->levels);
  EXPECT_EQ(weighty->weighty.size(), 2U) << "the list is another one, too, when only a weight is";
}

TEST(HealthTable, an_upstream_that_was_gone_begins_anew) {
  HealthTable table;
  table.of("u", {{"", {server(1)}}})->levels[0][0]->set_verdict(Verdict::kErr);
  table.forget("u");
  EXPECT_EQ(table.of("u", {{"", {server(1)}}})->levels[0][0]->verdict(), Verdict::kUnchecked);
}

}  // namespace
}  // namespace hancock::slardar
