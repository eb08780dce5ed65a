#include "slardar/confd/confd.h"

#include <gtest/gtest.h>

#include "slardar/testing/records.h"
#include "slardar/testing/slow_store.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class ConfdTest : public ::testing::Test {
 protected:
  void put(std::vector<std::pair<std::string, std::string>> records) {
    store::Transaction transaction;
    for (auto& [key, text] : records)
      transaction.operations.push_back(store::Operation::put(std::move(key), std::move(text)));
    ASSERT_TRUE(loop_.block_on(tests_.commit(std::move(transaction), loop_.now() + 1s)));
  }
  void remove(const std::string& key) {
    store::Transaction transaction;
    transaction.operations.push_back(store::Operation::remove(key));
    ASSERT_TRUE(loop_.block_on(tests_.commit(std::move(transaction), loop_.now() + 1s)));
  }
  bool until(const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + 20s;
    while (!holds() && loop_.now() < deadline) loop_.block_on(turn());
    return holds();
  }
  io::Async<void> turn() { co_await loop_.sleep_for(1ms); }

  io::Loop loop_;
  store::MemoryServer server_{loop_};
  store::MemoryStore tests_{server_};
  SlowStore store_{loop_, server_, "-"};
  registry::Keys keys_;
  int changes_ = 0;
  Confd confd_{loop_, store_, keys_, [this] { ++changes_; }};
};

TEST_F(ConfdTest, what_was_read_is_not_overwritten_from_disk) {
  SlowStore slow(loop_, server_, keys_.prefix() + "tls/");
  Confd confd(loop_, slow, keys_, [this] { ++changes_; });
  auto route = route_of("web", {"shop.test"}, 1);
  const std::string old_text = encode(route);
  route.generation = 2;
  put({{key_of(route), encode(route)}});
  confd.restart();
  ASSERT_TRUE(until([&] { return !confd.records().routes().empty(); }));
  const auto gone = endpoint_of("web", "gone", 20'001);
  const std::string named = keys_.upstreams() + "u.test";
  confd.preload({{key_of(route), old_text}, {key_of(gone), encode(gone)}, {named, R"({"servers":[]})"}});
  EXPECT_EQ(confd.records().routes().at(key_of(route)).record.generation, 2);
  EXPECT_TRUE(confd.records().endpoints().empty());
  EXPECT_EQ(confd.records().upstreams().size() + confd.records().refused().size(), 1U) << "not read yet";
  slow.release();
  ASSERT_TRUE(until([&] { return confd.loaded(); }));
  EXPECT_EQ(confd.records().routes().at(key_of(route)).record.generation, 2);
  EXPECT_EQ(confd.records().upstreams().size() + confd.records().refused().size(), 0U);
}

TEST_F(ConfdTest, a_transaction_is_one_change) {
  confd_.restart();
  ASSERT_TRUE(until([&] { return changes_ == 1; }));
  std::vector<std::pair<std::string, std::string>> burst;
  for (int i = 0; i < 100; ++i) {
    const auto endpoint = endpoint_of("web", "t" + std::to_string(i), 20'001);
    burst.emplace_back(key_of(endpoint), encode(endpoint));
  }
  put(std::move(burst));
  ASSERT_TRUE(until([&] { return changes_ > 1; }));
  EXPECT_EQ(confd_.records().endpoints().size(), 100U);
  EXPECT_EQ(changes_, 2);
}

TEST_F(ConfdTest, says_when_the_guarded_key_is_gone) {
  const std::string own = keys_.gateway("g1");
  store::Revision gone;
  confd_.guard(own, [&](store::Revision at) { gone = at; });
  put({{own, "{}"}});
  confd_.restart();
  ASSERT_TRUE(until([&] { return confd_.loaded(); }));
  EXPECT_EQ(gone, store::Revision());
  remove(own);
  EXPECT_TRUE(until([&] { return gone == server_.space().revision(); }));
  gone = {};
  confd_.restart();
  EXPECT_TRUE(until([&] { return gone == server_.space().revision(); })) << "it was not there at the load";
}

TEST_F(ConfdTest, a_silent_watch_is_mistrusted_in_both_ranges) {
  confd_.restart();
  ASSERT_TRUE(until([&] { return confd_.loaded() && store_.inner().open_watches() == 2; }));
  store_.inner().hold_watches(true);
  const auto route = route_of("web", {"shop.test"});
  put({{keys_.upstreams() + "u.test", R"({"servers":[{"host":"127.0.0.1","port":80}]})"},
       {key_of(route), encode(route)}});
  EXPECT_TRUE(
      until([&] { return !confd_.records().upstreams().empty() && !confd_.records().routes().empty(); }));
}

}  // namespace
}  // namespace hancock::slardar
