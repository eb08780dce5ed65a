// A Mirror on a real etcd that is killed, paused, compacted and restored under it.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "etcd/etcd_store.h"
#include "etcd/testing/etcd_process.h"
#include "io/scope.h"
#include "store/mirror.h"
#include "store/testing/store_world.h"

namespace hancock::etcd {
namespace {

using store::KeyRange;
using store::Mirror;
using store::MirrorBatch;
using store::Revision;
using store::SyncStore;
using Kind = MirrorBatch::Kind;

class MirrorOnEtcd : public testing::Test {
 protected:
  void start(size_t members, Duration silence = Duration::max()) {
    auto cluster = EtcdCluster::start(members);
    ASSERT_TRUE(cluster) << cluster.error().message;
    cluster_ = std::move(*cluster);
    EtcdOptions store_options;
    store_options.pulse = "/pulse";
    watched_ = std::make_unique<EtcdStore>(loop_, client_, cluster_->clients(), std::move(store_options));
    auto others = cluster_->clients();
    std::rotate(others.begin(), others.end() - 1, others.end());  // prefers another member than the mirror
    written_ = std::make_unique<EtcdStore>(loop_, client_, others);
    writer_ = std::make_unique<SyncStore>(loop_, *written_);
    store::MirrorOptions options;
    options.call = 3s;
    options.silence = silence;
    mirror_ = std::make_unique<Mirror>(loop_, *watched_, KeyRange::prefix("/m/"), random_, options);
  }
  void TearDown() override { mirror_.reset(); }

  static io::Async<void> keep(Mirror& mirror, std::optional<MirrorBatch>& batch) {
    batch = co_await mirror.next();
  }
  static io::Async<void> next_or_late(io::Loop& loop, Mirror& mirror, std::optional<MirrorBatch>& batch) {
    io::Scope scope;
    io::Timer late(loop, [&] { scope.cancel(); });
    late.arm(loop.now() + 30s);
    scope.spawn(keep(mirror, batch));
    co_await scope.join();
  }
  MirrorBatch next() {
    std::optional<MirrorBatch> batch;
    loop_.block_on(next_or_late(loop_, *mirror_, batch));
    EXPECT_TRUE(batch) << "nothing came; last: " << mirror_->last_error().message;
    return batch.value_or(MirrorBatch{});
  }
  // Until it holds `value` under `key`.
  void expect_value(const std::string& key, const std::string& value) {
    const TimePoint deadline = loop_.now() + 30s;
    while (loop_.now() < deadline && !holds(key, value)) (void)next();
    EXPECT_TRUE(holds(key, value));
  }
  // Until it holds what etcd holds; looked at once, for a put that was left open may still come true.
  void expect_truth() {
    const auto is_true = [this] {
      Mirror::Items truth;
      for (const auto& item : writer_->items("/m/")) truth[item.key] = item;
      return truth == mirror_->items();
    };
    const TimePoint deadline = loop_.now() + 30s;
    bool was_true = is_true();
    while (!was_true && loop_.now() < deadline) {
      (void)next();
      was_true = is_true();
    }
    EXPECT_TRUE(was_true);
  }
  io::Async<void> beat(int& beats) {
    while (true) {
      store::Transaction transaction;
      transaction.operations = {store::Operation::put("/pulse", std::to_string(++beats))};
      (void)co_await written_->commit(std::move(transaction), loop_.now() + 1s);
      co_await loop_.sleep_for(100ms);
    }
  }
  bool holds(const std::string& key, const std::string& value) const {
    const auto found = mirror_->items().find(key);
    return found != mirror_->items().end() && found->second.value == value;
  }
  static io::Async<void> turn(io::Loop& loop) { co_await loop.sleep_for(20ms); }
  Result<store::TransactionResult> try_put(const std::string& key, const std::string& value) {
    store::Transaction transaction;
    transaction.operations = {store::Operation::put(key, value)};
    return loop_.block_on(written_->commit(std::move(transaction), loop_.now() + 1s));
  }
  // Writes until it is done: while members are away some tries fail. A try that was left open may still come
  // true later, so tests that take members away give each key one value only.
  void put(const std::string& key, const std::string& value) {
    const TimePoint deadline = loop_.now() + 20s;
    auto done = try_put(key, value);
    while (!done && loop_.now() < deadline) {
      loop_.block_on(turn(loop_));
      done = try_put(key, value);
    }
    ASSERT_TRUE(done) << done.error().message;
  }

  std::unique_ptr<EtcdCluster> cluster_;
  io::Loop loop_;
  SeededRandom random_{1};
  http::Client client_{loop_};
  std::unique_ptr<EtcdStore> watched_;
  std::unique_ptr<EtcdStore> written_;
  std::unique_ptr<SyncStore> writer_;
  std::unique_ptr<Mirror> mirror_;
};

TEST_F(MirrorOnEtcd, loads_and_follows) {
  start(1);
  put("/m/a", "1");
  EXPECT_EQ(next().kind, Kind::kLoad);
  put("/m/a", "2");
  EXPECT_EQ(next().events[0].item.value, "2");
}

TEST_F(MirrorOnEtcd, goes_on_after_its_only_member_was_killed_and_came_back) {
  start(1);
  put("/m/a", "1");
  (void)next();
  put("/m/a", "2");
  (void)next();
  ASSERT_TRUE(cluster_->member(0).restart());
  put("/m/a", "3");
  expect_value("/m/a", "3");
  EXPECT_GE(mirror_->counters().breaks, 1U);
  EXPECT_EQ(mirror_->counters().missed, 0U);
}

TEST_F(MirrorOnEtcd, finds_what_was_compacted_while_it_was_cut_off) {
  start(1);
  put("/m/a", "1");
  put("/m/b", "1");
  (void)next();
  put("/m/a", "2");
  (void)next();
  ASSERT_TRUE(cluster_->member(0).restart());  // its watch is broken; it does not know yet
  ASSERT_TRUE(writer_->remove("/m/b"));
  put("/m/c", "1");
  const Revision last = writer_->put("/other", "1")->revision;
  ASSERT_TRUE(loop_.block_on(written_->compact(last, loop_.now() + 5s)));
  expect_value("/m/c", "1");
  EXPECT_FALSE(mirror_->items().contains("/m/b"));
}

TEST_F(MirrorOnEtcd, leaves_a_member_that_is_paused) {
  start(3, 500ms);
  put("/m/a", "1");
  (void)next();
  put("/m/a", "2");
  (void)next();
  cluster_->member(0).pause();
  put("/m/paused", "1");
  expect_value("/m/paused", "1");
  EXPECT_GE(mirror_->counters().silences, 1U);
  cluster_->member(0).resume();
  put("/m/resumed", "1");
  expect_value("/m/resumed", "1");
}

// Nobody changes anything in its range: the pulse tells a watch that lives from one that does not.
TEST_F(MirrorOnEtcd, believes_a_watch_that_has_nothing_to_say_as_long_as_the_pulse_comes) {
  start(3, 3s);
  (void)next();
  int beats = 0;
  std::optional<MirrorBatch> batch;
  io::Scope scope;
  scope.spawn(beat(beats));
  scope.spawn(keep(*mirror_, batch));
  while (beats < 60) loop_.block_on(turn(loop_));
  EXPECT_EQ(mirror_->counters().silences, 0U);
  EXPECT_EQ(mirror_->counters().lists, 1U);
  cluster_->member(0).pause();
  while (mirror_->counters().lists < 2 && beats < 500) loop_.block_on(turn(loop_));
  EXPECT_EQ(mirror_->counters().silences, 1U);
  scope.cancel();
  put("/m/paused", "1");
  expect_value("/m/paused", "1");
  cluster_->member(0).resume();
}

TEST_F(MirrorOnEtcd, keeps_everything_while_the_only_member_is_paused) {
  start(1, 300ms);
  put("/m/a", "1");
  (void)next();
  cluster_->member(0).pause();
  io::Timer resume(loop_, [this] {
    EXPECT_TRUE(holds("/m/a", "1"));
    cluster_->member(0).resume();
  });
  resume.arm(loop_.now() + 2s);
  (void)next();
  EXPECT_TRUE(holds("/m/a", "1"));
  put("/m/a", "2");
  expect_value("/m/a", "2");
}

TEST_F(MirrorOnEtcd, notices_that_an_old_copy_was_restored) {
  start(1);
  EtcdProcess& member = cluster_->member(0);
  put("/m/a", "old");
  member.stop();
  const std::filesystem::path copy = member.data().string() + ".copy";
  std::filesystem::copy(member.data(), copy, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(member.restart());
  for (int i = 0; i < 5; ++i) put("/m/a", "new");
  put("/m/b", "new");
  (void)next();
  expect_value("/m/a", "new");
  member.kill();
  std::filesystem::remove_all(member.data());
  std::filesystem::rename(copy, member.data());
  ASSERT_TRUE(member.restart());
  MirrorBatch batch = next();
  while (batch.kind != Kind::kRestore && !HasFailure()) batch = next();
  EXPECT_TRUE(holds("/m/a", "old"));
  EXPECT_FALSE(mirror_->items().contains("/m/b"));
  put("/m/a", "newer");
  expect_value("/m/a", "newer");
}

TEST_F(MirrorOnEtcd, survives_members_that_come_and_go) {
  start(3, 500ms);
  SeededRandom random(7);
  (void)next();
  for (int round = 0; round < 8; ++round) {
    EtcdProcess& member = cluster_->member(random.below(3));
    const bool pause = random.below(2) == 0;
    pause ? member.pause() : member.kill();
    put(fmt::format("/m/{}", random.below(3)), "x");
    put(fmt::format("/m/round/{}", round), "x");
    expect_value(fmt::format("/m/round/{}", round), "x");
    if (pause) {
      member.resume();
    } else {
      ASSERT_TRUE(member.restart());
    }
  }
  expect_truth();
  EXPECT_EQ(mirror_->counters().missed, 0U);
}

}  // namespace
}  // namespace hancock::etcd
