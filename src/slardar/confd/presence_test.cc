#include "slardar/confd/presence.h"

#include <gtest/gtest.h>

#include "io/scope.h"
#include "store/forwarding_store.h"
#include "store/memory_store.h"

namespace hancock::slardar {
namespace {

const std::string kKey = "/hancock/gateways/g1";

/// Keeps the first commit back as a paused member does: its caller hears nothing, and it happens later.
class HoldingStore final : public store::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  store::Transaction held() { return std::move(*held_); }

  io::Async<Result<store::TransactionResult>> commit(store::Transaction wanted, TimePoint deadline) override {
    if (!held_) {
      held_ = std::move(wanted);
      co_return fail(ErrorCode::kTimeout, "no answer");
    }
    co_return co_await inner_.commit(std::move(wanted), deadline);
  }

 private:
  std::optional<store::Transaction> held_;
};

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
  int owing_ = 0;  // so many times a worker has not answered yet
  Presence presence_{loop_, store_, kKey, [this] { return owing_-- <= 0; }};
};

TEST_F(PresenceTest, an_announcement_that_arrives_late_takes_nothing_away) {
  HoldingStore holding(store_);
  Presence presence(loop_, holding, kKey, [] { return true; });
  ASSERT_FALSE(loop_.block_on(presence.announce(record(0))));
  ASSERT_TRUE(loop_.block_on(presence.announce(record(0))));
  const auto late = loop_.block_on(tests_.commit(holding.held(), loop_.now() + 1s));
  ASSERT_TRUE(late);
  EXPECT_FALSE(late->succeeded);
  ASSERT_TRUE(loop_.block_on(tests_.revoke_lease(store::LeaseId(1), loop_.now() + 1s)));
  EXPECT_EQ(stands(), 0);
}

TEST_F(PresenceTest, no_new_lease_while_a_worker_does_not_answer) {
  owing_ = 3;
  ASSERT_TRUE(announce());
  EXPECT_LT(owing_, 0) << "it asked until all had answered";
}

TEST_F(PresenceTest, its_record_going_away_ends_the_lease_if_that_was_after_the_last_put) {
  ASSERT_TRUE(announce());
  const store::Revision put_at = server_.space().revision();
  presence_.gone_at(put_at);
  io::Scope scope;
  scope.spawn(presence_.keep());
  EXPECT_EQ(scope.running(), 1U);
  scope.cancel();
  presence_.gone_at(store::Revision(put_at.value() + 1));
  loop_.block_on(presence_.keep());
}

TEST_F(PresenceTest, a_put_below_what_was_read_means_that_an_old_copy_of_the_store_came_back) {
  ASSERT_TRUE(announce());
  ASSERT_TRUE(put(server_.space().revision().value() + 100));
  loop_.block_on(presence_.keep());
}

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
