#include "store/mirror.h"

#include <gtest/gtest.h>

#include <optional>

#include "io/scope.h"
#include "store/memory_store.h"
#include "store/testing/store_world.h"

namespace hancock::store {
namespace {

using Heard = MirrorBatch::Kind;

class MirrorTest : public testing::Test {
 protected:
  MirrorTest() { make({}); }

  void make(MirrorOptions options) {
    options.backoff_min = 1ms;
    options.backoff_max = 5ms;
    mirror_ = std::make_unique<Mirror>(loop_, faulty_, KeyRange::prefix("/m/"), random_, options);
    copy_.clear();
    seen_ = Revision();
  }

  // Fails the test, instead of hanging, when nothing comes.
  MirrorBatch next() {
    std::optional<MirrorBatch> batch;
    loop_.block_on(next_or_late(loop_, *mirror_, batch));
    EXPECT_TRUE(batch) << "nothing came; last: " << mirror_->last_error().message;
    if (!batch) return {};
    for (const WatchEvent& event : batch->events) {
      if (event.kind == WatchEvent::Kind::kPut) {
        copy_[event.item.key] = event.item;
      } else {
        EXPECT_EQ(copy_.erase(event.item.key), 1U) << event.item.key;
      }
    }
    EXPECT_EQ(copy_, mirror_->items());
    EXPECT_EQ(batch->revision, mirror_->revision());
    EXPECT_TRUE(batch->revision >= seen_ || batch->kind == Heard::kRestore);
    seen_ = batch->revision;
    return *batch;
  }

  static io::Async<void> keep(Mirror& mirror, std::optional<MirrorBatch>& batch) {
    batch = co_await mirror.next();
  }
  static io::Async<void> next_or_late(io::Loop& loop, Mirror& mirror, std::optional<MirrorBatch>& batch) {
    io::Scope scope;
    io::Timer late(loop, [&] { scope.cancel(); });
    late.arm(loop.now() + 10s);
    scope.spawn(keep(mirror, batch));
    co_await scope.join();
  }

  static io::Async<void> turn(io::Loop& loop) { co_await loop.sleep_for(1ms); }

  Mirror::Items truth() {
    Mirror::Items items;
    for (KeyValue& item : other_.items("/m/")) items[item.key] = item;
    return items;
  }
  // Until the copy is what the store holds.
  void expect_convergence() {
    for (int i = 0; i < 100 && mirror_->items() != truth(); ++i) (void)next();
    EXPECT_EQ(mirror_->items(), truth());
  }

  io::Loop loop_;
  SeededRandom random_{1};
  MemoryServer server_{loop_};
  MemoryStore faulty_{server_};
  MemoryStore healthy_{server_};
  SyncStore other_{loop_, healthy_};
  std::unique_ptr<Mirror> mirror_;
  Mirror::Items copy_;
  Revision seen_;
};

TEST_F(MirrorTest, loads_at_one_revision_and_follows_from_the_next) {
  ASSERT_TRUE(other_.put("/m/a", "1"));
  ASSERT_TRUE(other_.put("/other", "1"));
  EXPECT_FALSE(mirror_->loaded());
  const auto load = next();
  EXPECT_EQ(load.kind, Heard::kLoad);
  EXPECT_EQ(load.events.size(), 1U);
  EXPECT_EQ(load.revision, server_.space().revision());
  ASSERT_TRUE(other_.put("/other", "2"));
  ASSERT_TRUE(other_.put("/m/a", "2"));
  const auto change = next();
  EXPECT_EQ(change.kind, Heard::kChange);
  EXPECT_EQ(change.events.size(), 1U);
  EXPECT_EQ(change.events[0].item.value, "2");
  ASSERT_TRUE(other_.remove("/m/a"));
  EXPECT_EQ(next().events[0].kind, WatchEvent::Kind::kDelete);
  EXPECT_TRUE(mirror_->items().empty());
  EXPECT_EQ(mirror_->counters().lists, 1U);
}

TEST_F(MirrorTest, of_an_empty_range_is_loaded_too) {
  EXPECT_EQ(next().kind, Heard::kLoad);
  EXPECT_TRUE(mirror_->loaded());
}

TEST_F(MirrorTest, a_transaction_comes_as_one_batch) {
  (void)next();
  Transaction transaction;
  transaction.operations = {Operation::put("/m/a", "1"), Operation::put("/m/b", "1")};
  ASSERT_TRUE(other_.commit(transaction));
  EXPECT_EQ(next().events.size(), 2U);
}

TEST_F(MirrorTest, goes_on_where_a_broken_watch_ended) {
  ASSERT_TRUE(other_.put("/m/a", "1"));
  (void)next();
  ASSERT_TRUE(other_.put("/m/a", "2"));
  EXPECT_EQ(next().kind, Heard::kChange);
  faulty_.drop_watches();
  ASSERT_TRUE(other_.put("/m/a", "3"));
  const auto change = next();
  EXPECT_EQ(change.kind, Heard::kChange);
  EXPECT_EQ(change.events[0].item.value, "3");
  EXPECT_EQ(mirror_->counters().breaks, 1U);
}

TEST_F(MirrorTest, reads_again_soon_after_a_watch_broke) {
  make({.list_after_break = 5ms});
  (void)next();
  ASSERT_TRUE(other_.put("/m/a", "1"));
  (void)next();
  faulty_.drop_watches();
  EXPECT_EQ(next().kind, Heard::kRepair);
}

TEST_F(MirrorTest, keeps_what_it_has_while_the_store_is_away) {
  ASSERT_TRUE(other_.put("/m/a", "1"));
  (void)next();
  faulty_.set_reachable(false);
  ASSERT_TRUE(other_.put("/m/a", "2"));
  io::Timer heal(loop_, [this] {
    EXPECT_EQ(mirror_->items().at("/m/a").value, "1");
    EXPECT_EQ(mirror_->last_error().code, ErrorCode::kUnavailable);
    faulty_.set_reachable(true);
  });
  heal.arm(loop_.now() + 30ms);
  expect_convergence();
  EXPECT_GT(mirror_->counters().breaks, 1U);
}

TEST_F(MirrorTest, finds_what_was_deleted_and_compacted_while_it_was_cut_off) {
  make({.list_after_break = 1h});
  ASSERT_TRUE(other_.put("/m/a", "1"));
  ASSERT_TRUE(other_.put("/m/b", "1"));
  (void)next();
  faulty_.set_reachable(false);
  ASSERT_TRUE(other_.remove("/m/a"));
  ASSERT_TRUE(other_.put("/m/c", "1"));
  ASSERT_TRUE(other_.put("/n", "1"));
  server_.compact(server_.space().revision());
  faulty_.set_reachable(true);
  const auto repair = next();
  EXPECT_EQ(repair.kind, Heard::kRepair);
  EXPECT_EQ(repair.events.size(), 2U);
  EXPECT_EQ(mirror_->items(), truth());
  EXPECT_EQ(mirror_->counters().breaks, 1U) << "it knew at once what to do";
}

TEST_F(MirrorTest, notices_an_old_copy_of_the_store) {
  ASSERT_TRUE(other_.put("/m/a", "1"));
  const KeySpace backup = server_.space();
  for (const char* value : {"2", "3", "4"}) ASSERT_TRUE(other_.put("/m/a", value));
  (void)next();
  server_.restore(backup);
  const auto restore = next();
  EXPECT_EQ(restore.kind, Heard::kRestore);
  EXPECT_EQ(restore.revision, backup.revision());
  EXPECT_EQ(mirror_->items().at("/m/a").value, "1");
  ASSERT_TRUE(other_.put("/m/a", "new"));
  EXPECT_EQ(next().events[0].item.value, "new") << "it follows the new history";
  EXPECT_EQ(mirror_->counters().restores, 1U);
}

TEST_F(MirrorTest, notices_an_old_copy_that_has_overtaken_it) {
  make({.list_after_break = 5ms});
  ASSERT_TRUE(other_.put("/m/a", "1"));
  const KeySpace backup = server_.space();
  (void)next();
  ASSERT_TRUE(other_.put("/m/b", "1"));
  (void)next();
  server_.restore(backup);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(other_.put("/m/c", "1"));
  expect_convergence();
  EXPECT_FALSE(mirror_->items().contains("/m/b"));
}

TEST_F(MirrorTest, mistrusts_a_watch_that_is_silent_for_too_long) {
  make({.silence = 20ms});
  (void)next();
  faulty_.hold_watches(true);
  ASSERT_TRUE(other_.put("/m/a", "1"));
  const auto repair = next();
  EXPECT_EQ(repair.kind, Heard::kRepair);
  EXPECT_EQ(repair.events.size(), 1U);
  EXPECT_EQ(mirror_->counters().silences, 1U);
  EXPECT_EQ(faulty_.member_changes(), 1U);
}

TEST_F(MirrorTest, asks_more_and_more_rarely_while_nobody_has_anything_to_say) {
  make({.silence = 5ms});
  (void)next();
  const TimePoint start = loop_.now();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(next().kind, Heard::kRepair);
  EXPECT_GE(loop_.now() - start, 5ms + 10ms + 20ms + 40ms);
}

TEST_F(MirrorTest, finds_what_a_watch_lost_when_it_reads_again) {
  make({.list_every = 40ms});
  (void)next();
  ASSERT_TRUE(other_.put("/m/a", "1"));
  (void)next();
  ASSERT_TRUE(other_.put("/m/b", "1"));
  faulty_.lose_pending_events();
  ASSERT_TRUE(other_.put("/m/a", "2"));
  EXPECT_EQ(next().events.size(), 1U);
  EXPECT_NE(mirror_->items(), truth());
  const auto repair = next();
  EXPECT_EQ(repair.kind, Heard::kRepair);
  EXPECT_EQ(repair.events.size(), 1U);
  EXPECT_EQ(mirror_->counters().missed, 1U);
}

TEST_F(MirrorTest, brings_nothing_twice_when_a_read_ran_ahead_of_the_watch) {
  make({.list_every = 30ms});
  (void)next();
  faulty_.hold_watches(true);
  ASSERT_TRUE(other_.put("/m/a", "1"));
  ASSERT_TRUE(other_.put("/other", "1"));
  EXPECT_EQ(next().kind, Heard::kRepair);
  faulty_.hold_watches(false);
  EXPECT_EQ(next().kind, Heard::kRepair) << "what the watch brings now is old";
  ASSERT_TRUE(other_.put("/m/b", "1"));
  MirrorBatch change = next();
  while (change.events.empty()) change = next();
  ASSERT_EQ(change.events.size(), 1U);
  EXPECT_EQ(change.events[0].item.key, "/m/b");
  EXPECT_EQ(mirror_->counters().missed, 0U);
}

TEST_F(MirrorTest, can_be_given_up_wherever_it_waits_and_goes_on_later) {
  std::optional<MirrorBatch> batch;
  const auto give_up = [&] {
    io::Scope scope;
    scope.spawn(keep(*mirror_, batch));
    for (int i = 0; i < 5; ++i) loop_.block_on(turn(loop_));
    scope.cancel();
  };
  faulty_.set_paused(true);
  give_up();  // it was reading
  faulty_.set_paused(false);
  (void)next();
  give_up();  // it was watching
  EXPECT_FALSE(batch);
  ASSERT_TRUE(other_.put("/m/a", "1"));
  EXPECT_EQ(next().events.size(), 1U);
}

TEST_F(MirrorTest, knows_when_it_was_last_in_touch) {
  const TimePoint start = loop_.now();
  (void)next();
  const TimePoint loaded = mirror_->last_contact();
  EXPECT_GE(loaded, start);
  ASSERT_TRUE(other_.put("/m/a", "1"));
  const TimePoint before = loop_.now();
  (void)next();
  EXPECT_GE(mirror_->last_contact(), before);
}

// Random writes and faults from a seed; in the end all is healed and the copy must be the truth.
class MirrorStorm : public MirrorTest, public testing::WithParamInterface<uint64_t> {
 protected:
  void write(Random& random) {
    const std::string key = fmt::format("/m/{}", random.below(8));
    if (random.below(3) == 0) {
      (void)other_.remove(key);
    } else {
      (void)other_.put(key, std::to_string(random.below(1000)));
    }
  }
  void fault(Random& random) {
    switch (random.below(8)) {
      case 0:
        return faulty_.set_reachable(false);
      case 1:
        return faulty_.set_paused(true);
      case 2:
        return faulty_.hold_watches(true);
      case 3:
        return faulty_.drop_watches();
      case 4:
        return server_.compact(server_.space().revision());
      case 5:
        return faulty_.lose_pending_events();
      case 6:
        backup_ = server_.space();
        return;
      default:
        if (random.below(4) == 0) server_.restore(backup_);
    }
  }
  void heal() {
    faulty_.set_paused(false);
    faulty_.hold_watches(false);
    faulty_.set_reachable(true);
  }
  KeySpace backup_;
};

TEST_P(MirrorStorm, ends_with_the_truth) {
  make({.call = 3ms, .list_every = 20ms, .list_after_break = 5ms, .silence = 5ms});
  SeededRandom random(GetParam());
  for (int i = 0; i < 60; ++i) {
    for (uint64_t writes = random.below(6); writes > 0; --writes) write(random);
    if (random.below(2) == 0) fault(random);
    if (random.below(2) == 0) heal();
    io::Timer heal_soon(loop_, [this] { heal(); });  // so that next() can end
    heal_soon.arm(loop_.now() + 3ms);
    (void)next();
  }
  heal();
  expect_convergence();
}

INSTANTIATE_TEST_SUITE_P(Seeds, MirrorStorm, testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace hancock::store
