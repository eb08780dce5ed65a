#include "master/core/state_keys.h"

#include <gtest/gtest.h>

namespace hancock::master {
namespace {

TEST(StateKeys, StandBelowStateUnderThePrefix) {
  StateKeys keys(registry::Keys("/x/"));
  EXPECT_EQ(keys.version({{"t", "a", "s"}, 7}), "/x/state/versions/t/a/s/7");
  EXPECT_EQ(keys.app({"t", "a"}), "/x/state/apps/t/a");
  EXPECT_EQ(keys.leader(), "/x/state/leader");
}

TEST(StateKeys, EventKeysSortByNumber) {
  StateKeys keys;
  EXPECT_LT(keys.event(9), keys.event(10));
  EXPECT_LT(keys.event(999), keys.event(INT64_MAX));
}

TEST(StateKeys, AnySegmentComesBackFromItsEncoding) {
  for (const std::string& text :
       std::vector<std::string>{"/", "/a b/", "*.shop.test", "%", "", "ü", std::string("\0x", 2)}) {
    std::string encoded = encode_segment(text);
    EXPECT_EQ(encoded.find('/'), std::string::npos);
    EXPECT_EQ(decode_segment(encoded), text);
  }
}

TEST(StateKeys, WhatIsNoEncodingIsRefused) {
  for (const char* text : {"%", "%2", "%2g", "a/b", "%2f"})
    EXPECT_EQ(decode_segment(text), std::nullopt) << text;
}

TEST(StateKeys, AKeyIsTakenApartAtItsSlashes) {
  EXPECT_EQ(split_key("services/t/a/s"), (std::vector<std::string_view>{"services", "t", "a", "s"}));
  EXPECT_EQ(split_key(""), (std::vector<std::string_view>{""}));
}

}  // namespace
}  // namespace hancock::master
