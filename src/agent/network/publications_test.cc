#include "agent/network/publications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hancock::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

PublishedPort tcp(uint16_t host_port, uint16_t port = 8080) {
  return {"http", PortProtocol::kTcp, port, host_port};
}

Ruleset rules_of(const Publications& publications) {
  Ruleset rules;
  publications.fill(rules);
  return rules;
}

TEST(Publications, WhoGoesTakesAlongWhatIsItsOwn) {
  Publications all;
  all.publish("a", {"100.64.0.2", {tcp(20'001)}});
  all.publish("b", {"100.64.0.3", {tcp(20'002)}});
  EXPECT_EQ(all.withdraw("a").ports, (std::vector{tcp(20'001)}));
  EXPECT_THAT(rules_of(all).tasks, ElementsAre("100.64.0.3"));
  EXPECT_THAT(rules_of(all).ports, ElementsAre(Pair("tcp . 20002", "100.64.0.3 . 8080")));
  EXPECT_EQ(all.withdraw("a"), Publication{}) << "again: nothing";
}

TEST(Publications, AnAddressThatWasGivenToAnotherLeadsToNobodyElsesPort) {
  Publications all;
  all.publish("remembered", {"100.64.0.2", {tcp(20'001)}});
  all.publish("new", {"100.64.0.2", {tcp(20'002)}});
  EXPECT_THAT(rules_of(all).ports, ElementsAre(Pair("tcp . 20002", "100.64.0.2 . 8080")));
  all.withdraw("remembered");
  EXPECT_THAT(rules_of(all).tasks, ElementsAre("100.64.0.2")) << "it is the new one's";
}

TEST(Publications, AHostPortThatWasGivenToAnotherStaysWithIt) {
  Publications all;
  all.publish("old", {"100.64.0.2", {tcp(20'001), tcp(20'009, 9090)}});
  all.publish("new", {"100.64.0.3", {tcp(20'001)}});
  EXPECT_EQ(all.withdraw("old").ports, (std::vector{tcp(20'009, 9090)}));
  EXPECT_THAT(rules_of(all).ports, ElementsAre(Pair("tcp . 20001", "100.64.0.3 . 8080")));
}

TEST(Publications, ANewAddressOfATaskReplacesItsOldOne) {
  Publications all;
  all.publish("a", {"100.64.0.2", {tcp(20'001)}});
  all.publish("a", {"100.64.0.3", {tcp(20'001)}});
  EXPECT_THAT(rules_of(all).tasks, ElementsAre("100.64.0.3"));
  EXPECT_FALSE(all.is_taken("100.64.0.2"));
}

TEST(Publications, WhoIsNotKnownIsDroppedAndNamed) {
  Publications all;
  all.publish("a", {"100.64.0.2", {tcp(20'001)}});
  all.publish("b", {"100.64.0.3", {tcp(20'002)}});
  EXPECT_THAT(all.keep_only({"b", "c"}), ElementsAre("a"));
  EXPECT_THAT(rules_of(all).tasks, ElementsAre("100.64.0.3"));
  EXPECT_THAT(all.keep_only({"b"}), IsEmpty());
}

}  // namespace
}  // namespace hancock::agent
