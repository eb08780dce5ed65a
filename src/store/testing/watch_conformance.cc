// Watches, as etcd's v3 API has them.
#include "store/testing/store_conformance.h"

namespace hancock::store {
namespace {

using Kind = WatchEvent::Kind;

TEST_P(StoreConformance, a_watch_brings_history_then_what_comes) {
  const Revision first = store().put("/a", "1")->revision;
  ASSERT_TRUE(store().put("/other", "x"));
  ASSERT_TRUE(store().remove("/a"));
  auto watch = store().watch(KeyRange::key("/a"), first);
  ASSERT_TRUE(watch) << watch.error().message;
  ASSERT_TRUE(store().put("/a", "2"));
  const std::vector<WatchEvent> expected = {
      {Kind::kPut, {"/a", "1", first, first, 1}},
      {Kind::kDelete, {"/a", "", {}, plus(first, 2), 0}},
      {Kind::kPut, {"/a", "2", plus(first, 3), plus(first, 3), 1}},
  };
  const auto events = read(**watch, 3);
  ASSERT_EQ(events.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(events[i].kind, expected[i].kind) << i;
    EXPECT_EQ(events[i].item, expected[i].item) << i;
  }
}

TEST_P(StoreConformance, a_watch_starts_at_its_revision_even_if_that_lies_ahead) {
  const Revision now = store().put("/a", "1")->revision;
  auto watch = store().watch(KeyRange::prefix("/"), plus(now, 3));
  ASSERT_TRUE(watch);
  for (const char* value : {"2", "3", "4"}) ASSERT_TRUE(store().put("/a", value));
  const auto batch = store().next(**watch);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->events.size(), 1U);
  EXPECT_EQ(batch->events[0].item.value, "4");
  EXPECT_EQ(batch->revision, plus(now, 3));
  EXPECT_EQ(store().watch(KeyRange::key("/a"), Revision(0)).error().code, ErrorCode::kInvalid);
}

TEST_P(StoreConformance, a_batch_holds_whole_revisions_in_order) {
  const Revision start = revision();
  auto watch = store().watch(KeyRange::prefix("/t/"), plus(start, 1));
  ASSERT_TRUE(watch);
  static constexpr int kEach = 100;
  for (int i = 0; i < 5; ++i) {
    Transaction transaction;
    for (int j = kEach; j > 0; --j)
      transaction.operations.push_back(Operation::put(fmt::format("/t/{:03}", j), std::to_string(i)));
    ASSERT_TRUE(store().commit(transaction));
  }
  Revision last = start;
  int count = 0;
  while (count < 5 * kEach) {
    const auto batch = store().next(**watch);
    ASSERT_TRUE(batch) << batch.error().message;
    ASSERT_FALSE(batch->events.empty());
    EXPECT_EQ(batch->events.size() % kEach, 0U);
    for (const auto& event : batch->events) {
      EXPECT_EQ(event.item.mod_revision, plus(start, 1 + count / kEach));
      EXPECT_EQ(event.item.key, fmt::format("/t/{:03}", kEach - count % kEach));
      last = event.item.mod_revision;
      ++count;
    }
    EXPECT_EQ(batch->revision, last);
  }
}

TEST_P(StoreConformance, a_large_revision_comes_in_one_batch) {
  const Revision start = revision();
  ASSERT_TRUE(store().watch(KeyRange::prefix("/t/"), plus(start, 1)));
  Transaction transaction;
  for (int i = 0; i < 14; ++i)
    transaction.operations.push_back(Operation::put(fmt::format("/t/{:02}", i), std::string(100'000, 'x')));
  // Many at once, so that a reader who comes later gets them in fragments.
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(store().commit(transaction));
  auto watch = store().watch(KeyRange::prefix("/t/"), plus(start, 1));
  ASSERT_TRUE(watch);
  size_t count = 0;
  while (count < 56) {
    const auto batch = store().next(**watch);
    ASSERT_TRUE(batch) << batch.error().message;
    EXPECT_EQ(batch->events.size() % 14, 0U);
    count += batch->events.size();
  }
}

TEST_P(StoreConformance, nothing_in_time_is_a_timeout_and_the_watch_goes_on) {
  auto watch = store().watch(KeyRange::prefix("/a"), plus(revision(), 1));
  ASSERT_TRUE(watch);
  EXPECT_EQ(store().next(**watch, 20ms).error().code, ErrorCode::kTimeout);
  EXPECT_EQ(store().next(**watch, 0ms).error().code, ErrorCode::kTimeout);
  ASSERT_TRUE(store().put("/a", "1"));
  EXPECT_EQ(read(**watch, 1).size(), 1U);
}

TEST_P(StoreConformance, a_watch_from_compacted_history_is_gone) {
  const Revision first = store().put("/a", "1")->revision;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store().put("/a", std::to_string(i)));
  world().compact(plus(first, 3));
  auto watch = store().watch(KeyRange::key("/a"), first);
  ASSERT_TRUE(watch) << watch.error().message;
  EXPECT_EQ(store().next(**watch).error().code, ErrorCode::kGone);
  auto kept = store().watch(KeyRange::key("/a"), plus(first, 4));
  ASSERT_TRUE(kept);
  EXPECT_EQ(read(**kept, 2).size(), 2U);
}

TEST_P(StoreConformance, watches_do_not_disturb_each_other) {
  const Revision start = revision();
  auto a = store().watch(KeyRange::prefix("/a/"), plus(start, 1));
  auto b = store().watch(KeyRange::prefix("/b/"), plus(start, 1));
  ASSERT_TRUE(a && b);
  ASSERT_TRUE(store().put("/b/1", "1"));
  ASSERT_TRUE(store().put("/a/1", "1"));
  EXPECT_EQ(read(**a, 1)[0].item.key, "/a/1");
  a->reset();
  ASSERT_TRUE(store().put("/b/2", "1"));
  EXPECT_EQ(read(**b, 2)[1].item.key, "/b/2");
}

TEST_P(StoreConformance, calls_and_watches_can_be_given_up_while_they_wait) {
  auto watch = store().watch(KeyRange::prefix("/a"), plus(revision(), 1));
  ASSERT_TRUE(watch);
  {
    auto waiting = (*watch)->next(kForever);
    auto awaiter = waiting.operator co_await();
    EXPECT_TRUE(awaiter.await_suspend(std::noop_coroutine()));
    auto reading = world().store().range(KeyRange::prefix("/a"), store().deadline());
    auto reader = reading.operator co_await();
    EXPECT_TRUE(reader.await_suspend(std::noop_coroutine()));
  }
  ASSERT_TRUE(store().put("/a", "1"));
  auto again = store().watch(KeyRange::prefix("/a"), revision());
  EXPECT_EQ(read(**again, 1).size(), 1U);
}

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreConformance);

}  // namespace hancock::store
