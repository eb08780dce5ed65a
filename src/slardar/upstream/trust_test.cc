#include "slardar/upstream/trust.h"

#include <gtest/gtest.h>

#include "io/scope.h"

namespace hancock::slardar {
namespace {

class TrustTest : public ::testing::Test {
 protected:
  TrustTest() { tenants_.tenant = "default"; }
  bool settle() { return loop_.block_on(trust_.settle()); }

  io::Loop loop_;
  Freshness freshness_{1h};
  Trust trust_{loop_, freshness_};
  Route tenants_;
};

TEST_F(TrustTest, holds_while_it_is_sure_and_always_for_an_operators_upstream) {
  EXPECT_FALSE(trust_.holds(tenants_));
  EXPECT_TRUE(trust_.holds(Route()));
  freshness_.sure_until(loop_.now() + 1min);
  EXPECT_TRUE(trust_.holds(tenants_));
  freshness_.unsure();
  EXPECT_FALSE(trust_.holds(tenants_));
}

TEST_F(TrustTest, a_doubt_is_waited_for_once_and_then_what_is_known_is_served) {
  freshness_.known_at(loop_.now() - 1min);
  const TimePoint before = loop_.now();
  EXPECT_TRUE(settle());
  const TimePoint waited = loop_.now();
  EXPECT_GE(waited - before, Trust::kResync);
  EXPECT_TRUE(settle());
  EXPECT_LT(loop_.now() - waited, Trust::kResync);
}

TEST_F(TrustTest, a_wait_ends_when_it_is_sure_again_and_the_next_doubt_is_waited_for_anew) {
  freshness_.known_at(loop_.now() - 1min);
  const TimePoint before = loop_.now();
  io::Timer again(loop_, [&] { freshness_.sure_until(loop_.now() + 100ms); });
  again.arm(loop_.now() + 20ms);
  EXPECT_TRUE(settle());
  EXPECT_LT(loop_.now() - before, Trust::kResync);
  while (trust_.holds(tenants_))
    loop_.block_on([](io::Loop& loop) -> io::Async<void> { co_await loop.sleep_for(10ms); }(loop_));
  const TimePoint doubt = loop_.now();
  EXPECT_TRUE(settle());
  EXPECT_GE(loop_.now() - doubt, Trust::kResync);
}

TEST_F(TrustTest, what_is_too_old_is_not_used_unless_it_is_sure_again) {
  freshness_.known_at(loop_.now() - 2h);
  EXPECT_FALSE(settle());
  freshness_.sure_until(loop_.now() + 1min);
  EXPECT_TRUE(settle());
}

}  // namespace
}  // namespace hancock::slardar
