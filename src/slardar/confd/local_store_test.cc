#include "slardar/confd/local_store.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "io/scope.h"

namespace hancock::slardar {
namespace {

using store::Compare;
using store::Operation;
using store::Transaction;

constexpr auto kTextA = R"({"servers":[{"host":"127.0.0.1","port":1}]})";
constexpr auto kTextB = R"({"servers":[{"host":"127.0.0.1","port":2}]})";
const std::string kRecordKey = "/hancock/upstreams/u";

/// A gateway's life with the file.
struct Life {
  using Owner = LocalStore::Owner;
  using Configured = std::vector<std::pair<std::string, std::string>>;
  Life(io::Loop& where, const std::filesystem::path& file, Configured configured = {},
       Owner owner = Owner::kThis)
      : loop(where), store(where, registry::Keys(), file) {
    loaded = loop.block_on(store.load(std::move(configured), owner));
  }
  std::optional<store::KeyValue> read(const std::string& key = kRecordKey) {
    auto found = loop.block_on(store.range(store::KeyRange::key(key), kForever));
    if (found->items.empty()) return std::nullopt;
    return found->items.front();
  }
  std::string text(const std::string& key = kRecordKey) {
    const auto item = read(key);
    return item ? item->value : "none";
  }
  bool comes_to(const std::string& wanted, const std::string& key = kRecordKey) {
    const TimePoint deadline = loop.now() + 20s;
    while (text(key) != wanted && loop.now() < deadline) loop.block_on(sleep(loop, 5ms));
    return text(key) == wanted;
  }
  static io::Async<void> sleep(io::Loop& loop, Duration span) { co_await loop.sleep_for(span); }
  Result<store::TransactionResult> commit(Operation operation, std::vector<Compare> compares = {}) {
    Transaction wanted(std::move(compares), {std::move(operation)});
    return loop.block_on(store.commit(std::move(wanted), loop.now() + 20s));
  }
  io::Loop& loop;
  LocalStore store;
  Result<void> loaded;
};

class LocalStoreTest : public ::testing::Test {
 protected:
  io::Loop loop_;
  const TempDir folder_{"slardar_state"};
  const std::filesystem::path file_ = folder_ / "state";
};

TEST_F(LocalStoreTest, what_was_changed_survives) {
  {
    Life life(loop_, file_);
    ASSERT_TRUE(life.loaded) << life.loaded.error().message;
    EXPECT_TRUE(life.commit(Operation::put(kRecordKey, kTextA)));
  }
  EXPECT_EQ(Life(loop_, file_).text(), kTextA);
}

TEST_F(LocalStoreTest, changes_go_over_the_configuration_and_what_was_not_changed_follows_it) {
  {
    Life life(loop_, file_, {{"u", kTextA}, {"gone", kTextA}, {"other", kTextA}});
    EXPECT_TRUE(life.commit(Operation::put(kRecordKey, kTextB)));
    EXPECT_TRUE(life.commit(Operation::remove("/hancock/upstreams/gone")));
  }
  Life life(loop_, file_, {{"u", kTextA}, {"gone", kTextA}, {"other", kTextB}});
  EXPECT_EQ(life.text(), kTextB);
  EXPECT_EQ(life.text("/hancock/upstreams/gone"), "none");
  EXPECT_EQ(life.text("/hancock/upstreams/other"), kTextB);
}

TEST_F(LocalStoreTest, what_is_as_configured_again_is_no_change) {
  {
    Life life(loop_, file_, {{"u", kTextA}});
    EXPECT_TRUE(life.commit(Operation::put(kRecordKey, kTextB)));
    EXPECT_TRUE(life.commit(Operation::put(kRecordKey, kTextA)));
    EXPECT_TRUE(life.commit(Operation::put("/hancock/upstreams/v", kTextA)));
    EXPECT_TRUE(life.commit(Operation::remove("/hancock/upstreams/v")));
  }
  EXPECT_TRUE(load_changes(file_)->values.empty());
}

TEST_F(LocalStoreTest, revisions_never_come_a_second_time) {
  store::Revision before;
  {
    Life life(loop_, file_, {{"u", kTextA}});
    EXPECT_TRUE(life.commit(Operation::put("/hancock/gateways/g", "presence")));
    EXPECT_TRUE(life.commit(Operation::put(kRecordKey, kTextB)));
    before = life.read()->mod_revision;
  }
  EXPECT_GT(Life(loop_, file_, {{"u", kTextA}}).read()->mod_revision, before);
}

TEST_F(LocalStoreTest, the_file_belongs_to_one_process) {
  std::optional<Life> first(std::in_place, loop_, file_);
  const Life second(loop_, file_);
  ASSERT_FALSE(second.loaded);
  EXPECT_EQ(second.loaded.error().message, file_.string() + ": another process has it");
  first.reset();
  EXPECT_TRUE(Life(loop_, file_).loaded);
}

TEST_F(LocalStoreTest, who_has_lent_the_file_takes_no_change_and_follows_who_has_it) {
  Life older(loop_, file_, {{"u", kTextA}, {"gone", kTextA}});
  Life newer(loop_, file_, {{"u", kTextA}, {"gone", kTextA}}, Life::Owner::kAnother);
  ASSERT_TRUE(newer.loaded) << newer.loaded.error().message;
  EXPECT_TRUE(older.commit(Operation::put(kRecordKey, kTextB)));
  EXPECT_TRUE(newer.comes_to(kTextB));
  EXPECT_EQ(newer.commit(Operation::put(kRecordKey, kTextA)).error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(older.commit(Operation::put("/hancock/upstreams/late", kTextA)));

  loop_.block_on(older.store.lend());
  EXPECT_EQ(older.commit(Operation::put(kRecordKey, kTextA)).error().code, ErrorCode::kCancelled);
  ASSERT_TRUE(loop_.block_on(newer.store.take_over(loop_.now() + 20s)));
  EXPECT_EQ(newer.text("/hancock/upstreams/late"), kTextA) << "nothing that was taken is missing";
  EXPECT_TRUE(newer.commit(Operation::remove("/hancock/upstreams/gone")));
  EXPECT_TRUE(older.comes_to("none", "/hancock/upstreams/gone"));
}

TEST_F(LocalStoreTest, who_wants_the_file_back_has_it_when_the_other_one_has_ended) {
  Life older(loop_, file_);
  std::optional<Life> newer(std::in_place, loop_, file_, Life::Configured(), Life::Owner::kAnother);
  loop_.block_on(older.store.lend());
  ASSERT_TRUE(loop_.block_on(newer->store.take_over(loop_.now() + 20s)));
  EXPECT_TRUE(newer->commit(Operation::put(kRecordKey, kTextA)));
  older.store.take_back();
  EXPECT_EQ(loop_.block_on(older.store.take_over(loop_.now() + 50ms)).error().code, ErrorCode::kTimeout);
  newer.reset();
  ASSERT_TRUE(loop_.block_on(older.store.take_over(loop_.now() + 20s)));
  EXPECT_EQ(older.text(), kTextA);
  EXPECT_TRUE(older.commit(Operation::put(kRecordKey, kTextB)));
}

TEST_F(LocalStoreTest, of_two_who_have_seen_the_same_one_is_refused) {
  Life life(loop_, file_, {{"u", kTextA}});
  const store::Revision seen = life.read()->mod_revision;
  io::Scope scope;
  int happened = 0;
  const auto put = [&](std::string text) -> io::Async<void> {
    Transaction wanted({Compare::unchanged(kRecordKey, seen)}, {Operation::put(kRecordKey, std::move(text))});
    auto done = co_await life.store.commit(std::move(wanted), kForever);
    happened += done && done->succeeded ? 1 : 0;
  };
  scope.spawn(put(kTextB));
  scope.spawn(put(kTextA));
  const auto join = [](io::Scope& all) -> io::Async<void> { co_await all.join(); };
  loop_.block_on(join(scope));
  EXPECT_EQ(happened, 1);
  EXPECT_EQ(life.text(), kTextB);
  EXPECT_EQ(load_changes(file_)->values.at("upstreams/u"), kTextB);
}

TEST_F(LocalStoreTest, what_the_disk_does_not_take_does_not_happen) {
  const std::filesystem::path inside = folder_ / "inside";
  std::filesystem::create_directory(inside);
  Life life(loop_, inside / "state", {{"u", kTextA}});
  ASSERT_TRUE(life.loaded);
  std::filesystem::remove_all(inside);
  const auto refused = life.commit(Operation::put(kRecordKey, kTextB));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(life.text(), kTextA);
  std::filesystem::create_directory(inside);
  EXPECT_TRUE(life.commit(Operation::put(kRecordKey, kTextB)));
  EXPECT_EQ(life.text(), kTextB);
}

TEST_F(LocalStoreTest, a_file_that_is_none_of_ours_is_refused_with_what_is_wrong) {
  const auto refused = [&](const std::string& text) {
    std::ofstream(file_) << text;
    Life life(loop_, file_);
    EXPECT_FALSE(life.loaded) << text;
    EXPECT_EQ(*read_file(file_), text) << "it stays as it is";
    return life.loaded ? "" : life.loaded.error().message.substr(file_.string().size());
  };
  EXPECT_EQ(refused("{"), ": not JSON: move it away to start without what it kept");
  EXPECT_EQ(refused("{}"), ": not what --state has written: move it away to start without what it kept");
  EXPECT_EQ(refused(R"({"format":1,"revision":1,"changes":[{"key":"routes/x","value":"{}"}]})"),
            ": changes[0].key: routes/x: no upstream's key");
  EXPECT_EQ(refused(R"({"format":1,"revision":1,"changes":[{"key":"upstreams/x"}]})"),
            ": changes[0]: a key and a value are needed");
  EXPECT_EQ(refused(R"({"format":1,"revision":1,"changes":[{"key":"upstreams/x","value":"{"}]})"),
            ": changes[0].value: decode body error");
}

TEST_F(LocalStoreTest, history_does_not_grow_for_ever) {
  Life life(loop_, "");
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(life.commit(Operation::put(kRecordKey, kTextA)));
  EXPECT_EQ(loop_.block_on(life.store.range(store::KeyRange::key(kRecordKey), kForever))->revision.value(),
            5'001);
  auto watch =
      loop_.block_on(life.store.watch(store::KeyRange::key(kRecordKey), store::Revision(2), kForever));
  ASSERT_TRUE(watch);
  const auto events = loop_.block_on((*watch)->next(loop_.now() + 20s));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, ErrorCode::kGone);
}

}  // namespace
}  // namespace hancock::slardar
