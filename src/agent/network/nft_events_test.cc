#include "agent/network/nft_events.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace hancock::agent {
namespace {

constexpr pid_t kOurs = 77;
constexpr pid_t kTheirs = 88;

template <class T>
std::string bytes(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::string attribute(uint16_t type, const std::string& value) {
  const nlattr head{static_cast<uint16_t>(sizeof(nlattr) + value.size()), type};
  std::string text = bytes(head) + value;
  text.resize((text.size() + 3) & ~size_t{3});
  return text;
}

std::string message(int type, const std::string& attributes, int subsystem = NFNL_SUBSYS_NFTABLES) {
  nlmsghdr head{};
  head.nlmsg_len = static_cast<uint32_t>(sizeof(nlmsghdr) + sizeof(nfgenmsg) + attributes.size());
  head.nlmsg_type = static_cast<uint16_t>((subsystem << 8) | type);
  return bytes(head) + bytes(nfgenmsg{}) + attributes;
}

std::string element_in(const std::string& table) {
  return message(NFT_MSG_NEWSETELEM, attribute(NFTA_SET_ELEM_LIST_TABLE, table + '\0'));
}
std::string end_by(pid_t process) {
  return message(NFT_MSG_NEWGEN,
                 attribute(NFTA_GEN_ID, bytes(htonl(5))) +
                     attribute(NFTA_GEN_PROC_PID, bytes(htonl(static_cast<uint32_t>(process)))));
}

class NftEventsTest : public testing::Test {
 protected:
  NftEvents events_{"hancock", [](pid_t thread) { return thread == kOurs; }};
};

TEST_F(NftEventsTest, AForeignTransactionOnOurTableIsAChange) {
  EXPECT_TRUE(events_.take(element_in("hancock") + end_by(kTheirs)));
  EXPECT_FALSE(events_.take(end_by(kTheirs))) << "the next one has not touched it";
}

TEST_F(NftEventsTest, OurOwnAndThoseOnOtherTablesAreNone) {
  EXPECT_FALSE(events_.take(element_in("hancock") + end_by(kOurs)));
  EXPECT_FALSE(events_.take(element_in("filter") + end_by(kTheirs)));
  EXPECT_FALSE(events_.take(element_in("hancock2") + end_by(kTheirs)));
}

TEST_F(NftEventsTest, ATransactionMayComeInSeveralDatagrams) {
  EXPECT_FALSE(events_.take(element_in("hancock")));
  EXPECT_FALSE(events_.take(element_in("filter")));
  EXPECT_TRUE(events_.take(end_by(kTheirs)));
}

TEST_F(NftEventsTest, WhoIsNotNamedIsSomebodyElse) {
  EXPECT_TRUE(events_.take(element_in("hancock") + message(NFT_MSG_NEWGEN, "")));
}

TEST_F(NftEventsTest, WhatIsCutOffOrNoSuchMessageIsPassedOver) {
  const std::string whole = element_in("hancock") + end_by(kTheirs);
  for (size_t length = 0; length < whole.size(); ++length) {
    NftEvents events("hancock", [](pid_t) { return false; });
    EXPECT_FALSE(events.take(std::string_view(whole).substr(0, length))) << length;
  }
  std::string zero_length = whole;
  zero_length[0] = 0;
  EXPECT_FALSE(events_.take(zero_length));
  EXPECT_FALSE(events_.take(message(NFT_MSG_NEWSETELEM, attribute(1, "hancock"), /*subsystem=*/1)));
  EXPECT_FALSE(events_.take(end_by(kTheirs)));
}

}  // namespace
}  // namespace hancock::agent
