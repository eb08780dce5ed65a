#include "store/memory_store.h"

#include "store/testing/store_conformance.h"

namespace hancock::store {
namespace {

class MemoryWorld final : public StoreWorld {
 public:
  io::Loop& loop() override { return loop_; }
  Store& store() override { return store_; }
  void compact(Revision revision) override { server_.compact(revision); }
  void let_lease_end(Duration ttl) override {
    clock_.advance(ttl);
    server_.expire_leases();
  }

 private:
  io::Loop loop_;
  ManualClock clock_;
  MemoryServer server_{loop_, clock_};
  MemoryStore store_{server_};
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance,
                         testing::Values(StoreWorldFactory{"memory",
                                                           [] { return std::make_unique<MemoryWorld>(); }}),
                         [](const auto& instance) { return instance.param.name; });

class MemoryStoreTest : public testing::Test {
 protected:
  io::Loop loop_;
  MemoryServer server_{loop_};
  MemoryStore faulty_{server_};
  MemoryStore healthy_{server_};
  SyncStore bad_{loop_, faulty_};
  SyncStore good_{loop_, healthy_};

  ErrorCode put_code(Duration wait = 20ms) {
    Transaction transaction;
    transaction.operations = {Operation::put("/a", "1")};
    const auto result = loop_.block_on(faulty_.commit(transaction, loop_.now() + wait));
    return result ? ErrorCode::kInternal : result.error().code;
  }
};

TEST_F(MemoryStoreTest, two_clients_see_one_state) {
  auto watch = bad_.watch(KeyRange::key("/a"), Revision(2));
  ASSERT_TRUE(good_.put("/a", "1"));
  EXPECT_EQ(bad_.next(**watch)->events.size(), 1U);
  EXPECT_EQ(bad_.items("/a"), good_.items("/a"));
}

TEST_F(MemoryStoreTest, an_unreachable_client_is_alone_with_that) {
  auto watch = bad_.watch(KeyRange::key("/a"), Revision(2));
  faulty_.set_reachable(false);
  EXPECT_EQ(put_code(), ErrorCode::kUnavailable);
  EXPECT_EQ(bad_.next(**watch).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(good_.put("/a", "1"));
  faulty_.set_reachable(true);
  EXPECT_EQ(bad_.next(**watch).error().code, ErrorCode::kUnavailable) << "broken for good";
  EXPECT_EQ(bad_.items("/a").size(), 1U);
}

TEST_F(MemoryStoreTest, a_pause_costs_time_and_nothing_else) {
  auto watch = bad_.watch(KeyRange::key("/a"), Revision(2));
  faulty_.set_paused(true);
  EXPECT_EQ(put_code(), ErrorCode::kTimeout);
  EXPECT_TRUE(good_.items("/a").empty()) << "it never arrived";
  ASSERT_TRUE(good_.put("/a", "1"));
  EXPECT_EQ(bad_.next(**watch, 20ms).error().code, ErrorCode::kTimeout);
  loop_.post([this] { faulty_.set_paused(false); });
  EXPECT_EQ(bad_.items("/a").size(), 1U);
  EXPECT_EQ(bad_.next(**watch)->events.size(), 1U);
}

TEST_F(MemoryStoreTest, held_watches_fall_silent_and_catch_up) {
  auto watch = bad_.watch(KeyRange::key("/a"), Revision(2));
  faulty_.hold_watches(true);
  ASSERT_TRUE(bad_.put("/a", "1"));
  ASSERT_TRUE(bad_.put("/a", "2"));
  EXPECT_EQ(bad_.next(**watch, 20ms).error().code, ErrorCode::kTimeout);
  faulty_.hold_watches(false);
  EXPECT_EQ(bad_.next(**watch)->events.size(), 2U);
}

TEST_F(MemoryStoreTest, a_lost_answer_leaves_the_write_done) {
  faulty_.set_answers_lost(true);
  EXPECT_EQ(put_code(), ErrorCode::kTimeout);
  EXPECT_EQ(good_.items("/a").size(), 1U);
}

TEST_F(MemoryStoreTest, a_restored_copy_is_an_older_state_with_a_lower_revision) {
  ASSERT_TRUE(good_.put("/a", "1"));
  const KeySpace backup = server_.space();
  ASSERT_TRUE(good_.put("/a", "2"));
  auto watch = bad_.watch(KeyRange::key("/a"), server_.space().revision());
  server_.restore(backup);
  EXPECT_EQ(bad_.next(**watch).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(good_.items("/a")[0].value, "1");
  EXPECT_EQ(good_.range(KeyRange::key("/a"))->revision, backup.revision());
}

TEST_F(MemoryStoreTest, compaction_reaches_a_watch_that_is_behind) {
  auto watch = bad_.watch(KeyRange::key("/a"), Revision(2));
  faulty_.hold_watches(true);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(good_.put("/a", "1"));
  server_.compact(server_.space().revision());
  faulty_.hold_watches(false);
  EXPECT_EQ(bad_.next(**watch).error().code, ErrorCode::kGone);
}

TEST_F(MemoryStoreTest, leases_end_on_the_loop_by_themselves) {
  const auto lease = good_.grant_lease(20ms);
  const auto put = good_.put("/a", "1", *lease);
  auto watch = good_.watch(KeyRange::key("/a"), Revision(put->revision.value() + 1));
  EXPECT_EQ(good_.next(**watch)->events[0].kind, WatchEvent::Kind::kDelete);
}

}  // namespace
}  // namespace hancock::store
