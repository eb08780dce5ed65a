#include "agent/network/ruleset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/network/listeners.h"

namespace hancock::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<PublishedPort> kPorts = {{"http", PortProtocol::kTcp, 8080, 20123},
                                           {"dns", PortProtocol::kUdp, 53, 20124}};

TEST(Ruleset, RendersWhatItHolds) {
  Ruleset rules;
  rules.closed = {"169.254.0.0/16", "198.18.7.2"};
  EXPECT_THAT(render_table(rules), Not(HasSubstr("elements = {  }"))) << "nft refuses an empty list";
  rules.add("100.64.16.2", kPorts);
  const std::string text = render_table(rules);
  EXPECT_THAT(text, HasSubstr("set tasks { type ipv4_addr; elements = { 100.64.16.2 }"));
  EXPECT_THAT(text,
              HasSubstr("elements = { tcp . 20123 : 100.64.16.2 . 8080, udp . 20124 : 100.64.16.2 . 53 }"));
}

TEST(Ruleset, AChangeNamesOnlyWhatDiffers) {
  Ruleset before;
  before.add("100.64.16.2", {kPorts[0]});
  before.add("100.64.16.3", {kPorts[1]});
  Ruleset after;
  after.add("100.64.16.3", {kPorts[1]});
  after.add("100.64.16.4", {kPorts[0]});
  EXPECT_EQ(render_change(before, after),
            "delete element inet hancock ports { tcp . 20123 : 100.64.16.2 . 8080 }\n"
            "delete element inet hancock tasks { 100.64.16.2 }\n"
            "add element inet hancock tasks { 100.64.16.4 }\n"
            "add element inet hancock ports { tcp . 20123 : 100.64.16.4 . 8080 }\n");
  EXPECT_EQ(render_change(after, after), "");
}

TEST(Ruleset, ReadsAListingWithoutItsHandles) {
  const auto listing = parse_listing(R"({"nftables": [{"metainfo": {"version": "1.0.6"}},
    {"set": {"family": "inet", "name": "tasks", "table": "hancock", "handle": 7, "elem": ["100.64.16.2"]}},
    {"map": {"name": "ports", "handle": 9, "elem": [[{"concat": ["tcp", 20123]}, {"concat": ["100.64.16.2", 8080]}]]}},
    {"rule": {"chain": "input", "handle": 18, "expr": [{"drop": null}]}}]})");
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_THAT(listing->tasks, testing::ElementsAre("100.64.16.2"));
  EXPECT_THAT(listing->ports, testing::ElementsAre(testing::Pair("tcp . 20123", "100.64.16.2 . 8080")));
  EXPECT_THAT(listing->frame, HasSubstr(R"({"rule":{"chain":"input","expr":[{"drop":null}]}})"));
  EXPECT_THAT(listing->frame, Not(HasSubstr("handle")));
  EXPECT_FALSE(parse_listing("Error: no such table"));
}

TEST(Listeners, FindsTcpThatListensAndUdpThatIsBound) {
  std::set<uint16_t> ports;
  add_listening_ports(
      "  sl  local_address rem_address   st tx_queue\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n"
      "   1: 0100007F:1F91 0100007F:9C40 01 00000000:00000000\n"
      "garbage\n",
      SocketTable::kTcp, ports);
  EXPECT_THAT(ports, testing::ElementsAre(8080));
  add_listening_ports("head\n 0: 00000000:0035 00000000:0000 07 0\n", SocketTable::kUdp, ports);
  EXPECT_THAT(ports, testing::ElementsAre(53, 8080));
}

}  // namespace
}  // namespace hancock::agent
