#include "slardar/presence.h"

#include <gtest/gtest.h>

#include "io/scope.h"
#include "store/memory_store.h"

namespace hancock::slardar {
namespace {

const std::string kKey = "/hancock/gateways/g1";

class PresenceTest : public ::testing::Test {
 protected:
  registry::GatewayRecord record(int64_t revision) {
    registry::GatewayRecord record;
    record.id = "g1";
    record.applied = {1, store::Revision(revision)};
    return record;
  }
  Result<void> announce() { return loop_.block_on(presence_.announce(record(0))); }
  Result<void> put(int64_t revision) { return loop_.block_on(presence_.put(record(revision))); }
  /// What stands in the store; -1: nothing.
  int64_t stands() {
    const auto found = loop_.block_on(tests_.range(store::KeyRange::key(kKey), loop_.now() + 1s));
    if (found->items.empty()) return -1;
    return registry::decode<registry::GatewayRecord>(found->items[0].value)->applied.revision.value();
  }
  void overwrite(int64_t revision) {
    store::Transaction transaction;
    transaction.operations.push_back(store::Operation::put(kKey, encode(record(revision))));
    ASSERT_TRUE(loop_.block_on(tests_.commit(std::move(transaction), loop_.now() + 1s)));
  }

  io::Loop loop_;
  store::MemoryServer server_{loop_};
  store::MemoryStore tests_{server_};
  store::MemoryStore store_{server_};
  Presence presence_{loop_, store_, kKey, [] { return true; }};
};

TEST_F(PresenceTest, stands_under_a_lease_and_goes_with_it) {
  ASSERT_TRUE(announce());
  EXPECT_EQ(stands(), 0);
  EXPECT_TRUE(presence_.in_touch());
  ASSERT_TRUE(put(7));
  EXPECT_EQ(stands(), 7);
  loop_.block_on(presence_.withdraw());
  EXPECT_EQ(stands(), -1);
  EXPECT_FALSE(presence_.in_touch());
}

TEST_F(PresenceTest, a_late_older_put_is_noticed_and_put_right) {
  ASSERT_TRUE(announce());
  ASSERT_TRUE(put(7));
  overwrite(5);
  const auto refused = put(8);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(put(8));
  EXPECT_EQ(stands(), 8);
}

TEST_F(PresenceTest, a_put_without_an_answer_is_put_again) {
  ASSERT_TRUE(announce());
  store_.set_answers_lost(true);
  EXPECT_FALSE(put(7));
  store_.set_answers_lost(false);
  EXPECT_FALSE(put(7)) << "the first one had happened";
  EXPECT_TRUE(put(7));
  EXPECT_EQ(stands(), 7);
}

TEST_F(PresenceTest, keep_ends_as_soon_as_a_put_finds_no_lease) {
  ASSERT_TRUE(announce());
  ASSERT_TRUE(loop_.block_on(tests_.revoke_lease(store::LeaseId(1), loop_.now() + 1s)));
  EXPECT_FALSE(put(7));
  const TimePoint before = loop_.now();
  loop_.block_on(presence_.keep());
  EXPECT_LT(loop_.now() - before, 2s);
  ASSERT_TRUE(announce());
  EXPECT_EQ(stands(), 0);
}

}  // namespace
}  // namespace hancock::slardar
