#include "slardar/tcp/network.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

bool has(const char* network, const char* ip) {
  return Network::parse(network)->contains(*io::Address::of(ip, 80));
}

TEST(Network, holds_what_shares_its_prefix) {
  EXPECT_TRUE(has("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(has("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(has("192.168.4.0/22", "192.168.7.255"));
  EXPECT_FALSE(has("192.168.4.0/22", "192.168.8.0"));
  EXPECT_TRUE(has("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(has("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(has("0.0.0.0/0", "1.2.3.4"));
  EXPECT_FALSE(has("0.0.0.0/0", "::1"));
  EXPECT_TRUE(has("10.0.0.0/8", "::ffff:10.1.2.3")) << "IPv4, on a listener for both";
  EXPECT_FALSE(has("10.0.0.0/8", "::ffff:11.1.2.3"));
  EXPECT_TRUE(has("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(has("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(Network, refuses_what_is_none) {
  for (const char* text : {"", "a", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

}  // namespace
}  // namespace hancock::slardar
