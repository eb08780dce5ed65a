#include "io/address.h"

#include <gtest/gtest.h>

namespace hancock::io {
namespace {

TEST(Address, reads_back_what_it_wrote) {
  for (const char* text : {"127.0.0.1:80", "[::1]:8080", "0.0.0.0:0", "unix:/run/x.sock"}) {
    auto address = Address::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(Address::parse(":80")->to_string(), "0.0.0.0:80");
  EXPECT_EQ(Address::parse("localhost:80")->to_string(), "127.0.0.1:80");
}

TEST(Address, refuses_names_and_ports_that_are_none) {
  for (const char* text : {"", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                           "shop.test:80", "127.0.0.1:80x", "unix:", "[::1:80"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
}

}  // namespace
}  // namespace hancock::io
