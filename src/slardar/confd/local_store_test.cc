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
  Life(io::Loop& where, const std::filesystem::path& file,
       std::vector<std::pair<std::string, std::string>> configured = {})
      : loop(where), store(where, registry::Keys(), file) {
    loaded = loop.block_on(store.load(std::move(configured)));
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

TEST_F(LocalStoreTest, what_another_process_has_changed_is_caught_up_with) {
  Life before(loop_, file_, {{"u", kTextA}, {"gone", kTextA}});
  Life after(loop_, file_, {{"u", kTextA}, {"gone", kTextA}});
  EXPECT_TRUE(before.commit(Operation::put(kRecordKey, kTextB)));
  EXPECT_TRUE(before.commit(Operation::remove("/hancock/upstreams/gone")));
  EXPECT_TRUE(after.commit(Operation::put("/hancock/upstreams/new", kTextB)));
  EXPECT_EQ(after.text(), kTextA);
  loop_.block_on(after.store.catch_up());
  EXPECT_EQ(after.text(), kTextB);
  EXPECT_EQ(after.text("/hancock/upstreams/gone"), "none");
  EXPECT_EQ(after.text("/hancock/upstreams/new"), kTextB);
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
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
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
