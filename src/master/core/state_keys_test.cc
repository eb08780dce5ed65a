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

TEST(StateKeys, AKeyIsTakenApartAtItsSlashes) {
  EXPECT_EQ(split_key("services/t/a/s"), (std::vector<std::string_view>{"services", "t", "a", "s"}));
  EXPECT_EQ(split_key(""), (std::vector<std::string_view>{""}));
}

}  // namespace
}  // namespace hancock::master
