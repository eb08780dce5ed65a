#include "agent/shares.h"

#include <gtest/gtest.h>

#include <optional>

#include "io/loop.h"

namespace hancock::agent {
namespace {

class SharesTest : public testing::Test {
 protected:
  Result<Shares::Share> take(const std::string& tenant) {
    std::optional<Result<Shares::Share>> got;
    loop_.block_on(take_into(tenant, got));
    return std::move(*got);
  }
  io::Async<void> take_into(std::string tenant, std::optional<Result<Shares::Share>>& got) {
    const TimePoint deadline = loop_.now() + 20ms;
    auto share = co_await shares_.take(std::move(tenant), deadline);
    got.emplace(std::move(share));
  }

  io::Loop loop_;
  Shares shares_{loop_, 2};
};

TEST_F(SharesTest, ATenantHasItsShareAndNoMore) {
  std::optional<Result<Shares::Share>> first(take("slow"));
  const auto second = take("slow");
  ASSERT_TRUE(*first);
  ASSERT_TRUE(second);
  const auto third = take("slow");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kTimeout);
  EXPECT_TRUE(take("other")) << "others have theirs";
  first.reset();
  EXPECT_TRUE(take("slow"));
}

TEST_F(SharesTest, WhoeverWaitsGetsWhatComesFree) {
  std::optional<Result<Shares::Share>> first(take("t"));
  std::optional<Result<Shares::Share>> second(take("t"));
  io::Timer free(loop_, [&] { first.reset(); });
  free.arm(loop_.now() + 5ms);
  std::optional<Result<Shares::Share>> third;
  loop_.block_on(take_into("t", third));
  EXPECT_TRUE(*third);
}

}  // namespace
}  // namespace hancock::agent
