// EtcdStore while members of a real cluster are killed, paused and restarted.
#include <gtest/gtest.h>

#include "etcd/etcd_store.h"
#include "etcd/testing/etcd_process.h"
#include "io/scope.h"
#include "store/testing/store_world.h"

namespace hancock::etcd {
namespace {

using store::KeyRange;
using store::Operation;
using store::Revision;
using store::SyncStore;
using store::Transaction;

class FailoverTest : public testing::Test {
 protected:
  void start(size_t members) {
    auto cluster = EtcdCluster::start(members);
    ASSERT_TRUE(cluster) << cluster.error().message;
    cluster_ = std::move(*cluster);
    etcd_ = std::make_unique<EtcdStore>(loop_, client_, cluster_->clients());
    store_ = std::make_unique<SyncStore>(loop_, *etcd_);
  }
  static io::Async<void> turn(io::Loop& loop) { co_await loop.sleep_for(20ms); }

  // Until it works again, at most 20 s; gives how the last try went.
  template <class F>
  auto eventually(F&& action) {
    const TimePoint deadline = loop_.now() + 20s;
    auto result = action();
    while (!result && loop_.now() < deadline) {
      loop_.block_on(turn(loop_));
      result = action();
    }
    return result;
  }
  Result<store::TransactionResult> put_within(Duration wait) {
    Transaction transaction;
    transaction.operations = {Operation::put("/a", "x")};
    return loop_.block_on(etcd_->commit(std::move(transaction), loop_.now() + wait));
  }

  std::unique_ptr<EtcdCluster> cluster_;
  io::Loop loop_;
  http::Client client_{loop_};
  std::unique_ptr<EtcdStore> etcd_;
  std::unique_ptr<SyncStore> store_;
};

TEST_F(FailoverTest, calls_go_to_the_next_member_when_one_is_dead) {
  start(3);
  ASSERT_TRUE(store_->put("/a", "1"));
  cluster_->member(0).kill();
  const auto read = eventually([this] { return store_->range(KeyRange::key("/a")); });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->items.size(), 1U);
  EXPECT_FALSE(etcd_->member() == cluster_->member(0).client());
  const auto written = eventually([this] { return store_->put("/a", "2"); });
  EXPECT_TRUE(written) << written.error().message;
}

TEST_F(FailoverTest, reads_pass_a_paused_member_by_within_their_deadline) {
  start(3);
  ASSERT_TRUE(store_->put("/a", "1"));
  cluster_->member(0).pause();
  const TimePoint start_time = loop_.now();
  const auto read = loop_.block_on(etcd_->range(KeyRange::key("/a"), loop_.now() + 6s));
  EXPECT_TRUE(read) << read.error().message;
  EXPECT_LT(loop_.now() - start_time, 6s);
  cluster_->member(0).resume();
}

TEST_F(FailoverTest, a_write_to_a_paused_member_is_left_open_and_the_next_goes_elsewhere) {
  start(3);
  ASSERT_TRUE(store_->put("/a", "1"));
  cluster_->member(0).pause();
  const auto lost = put_within(300ms);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kTimeout);
  const auto written = eventually([this] { return put_within(2s); });
  EXPECT_TRUE(written) << written.error().message;
  cluster_->member(0).resume();
}

TEST_F(FailoverTest, a_dead_cluster_is_unavailable_at_once_and_comes_back_with_its_data) {
  start(1);
  const Revision before = store_->put("/a", "1")->revision;
  cluster_->member(0).kill();
  for (int i = 0; i < 3; ++i) {  // also where a pooled connection is found dead
    EXPECT_EQ(put_within(2s).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(store_->range(KeyRange::key("/a")).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(store_->watch(KeyRange::key("/a"), before).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(store_->grant_lease(10s).error().code, ErrorCode::kUnavailable);
  }
  ASSERT_TRUE(cluster_->member(0).restart());
  const auto read = store_->range(KeyRange::key("/a"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->revision, before);
  EXPECT_TRUE(store_->put("/a", "2"));
}

TEST_F(FailoverTest, an_open_watch_ends_when_its_member_dies_whichever_way) {
  start(1);
  const Revision before = store_->put("/a", "1")->revision;
  for (const bool gracefully : {false, true}) {
    auto watch = store_->watch(KeyRange::key("/a"), Revision(before.value() + 1));
    ASSERT_TRUE(watch) << watch.error().message;
    gracefully ? cluster_->member(0).stop() : cluster_->member(0).kill();
    EXPECT_EQ(store_->next(**watch).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(store_->next(**watch).error().code, ErrorCode::kUnavailable) << "for good";
    ASSERT_TRUE(cluster_->member(0).restart());
  }
}

TEST_F(FailoverTest, a_watch_at_a_member_without_a_leader_ends) {
  start(3);
  const Revision before = store_->put("/a", "1")->revision;
  auto watch = store_->watch(KeyRange::key("/a"), Revision(before.value() + 1));
  ASSERT_TRUE(watch) << watch.error().message;
  cluster_->member(1).kill();
  cluster_->member(2).kill();
  const auto end = store_->next(**watch, 20s);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kUnavailable) << end.error().message;
}

TEST_F(FailoverTest, without_a_quorum_nothing_is_promised) {
  start(3);
  ASSERT_TRUE(store_->put("/a", "1"));
  cluster_->member(1).kill();
  cluster_->member(2).kill();
  const auto code = put_within(1s).error().code;
  EXPECT_TRUE(code == ErrorCode::kTimeout || code == ErrorCode::kUnavailable);
  const auto read = loop_.block_on(etcd_->range(KeyRange::key("/a"), loop_.now() + 1s));
  EXPECT_FALSE(read);
}

TEST_F(FailoverTest, a_compaction_between_the_pages_of_a_read_is_survived) {
  start(1);
  EtcdOptions options;
  options.page_keys = 1;
  EtcdStore slow(loop_, client_, cluster_->clients(), options);
  Transaction many;
  for (int i = 0; i < 100; ++i) many.operations.push_back(Operation::put(fmt::format("/p/{:03}", i), "x"));
  ASSERT_TRUE(store_->commit(many));
  // Compacts once, while the pages are read.
  const auto disturb = [](EtcdStore& etcd, io::Loop& loop) -> io::Async<void> {
    Transaction transaction;
    transaction.operations = {Operation::put("/other", "1")};
    auto put = co_await etcd.commit(std::move(transaction), loop.now() + 5s);
    if (put) (void)co_await etcd.compact(put->revision, loop.now() + 5s);
  };
  const auto both = [&disturb](EtcdStore& reader, EtcdStore& writer,
                               io::Loop& loop) -> io::Async<Result<store::RangeResult>> {
    io::Scope scope;
    scope.spawn(disturb(writer, loop));
    KeyRange all = KeyRange::prefix("/p/");
    auto result = co_await reader.range(std::move(all), loop.now() + 20s);
    co_await scope.join();
    co_return result;
  };
  const auto read = loop_.block_on(both(slow, *etcd_, loop_));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->items.size(), 100U);
}

TEST_F(FailoverTest, a_user_gets_a_token_and_a_new_one_after_a_restart) {
  start(1);
  const auto call = [this](std::string_view path, std::string body) {
    http::RequestHead request("POST", std::string(path));
    auto answer =
        loop_.block_on(client_.fetch(cluster_->member(0).client(), request, body, loop_.now() + 5s));
    return answer && answer->status == 200;
  };
  ASSERT_TRUE(call("/v3/auth/user/add", R"({"name":"root","password":"p\"w"})"));
  ASSERT_TRUE(call("/v3/auth/user/grant", R"({"user":"root","role":"root"})"));
  ASSERT_TRUE(call("/v3/auth/enable", "{}"));
  EXPECT_FALSE(store_->put("/a", "1")) << "no user";
  EtcdOptions options;
  options.credentials = {"root", "p\"w"};
  EtcdStore known(loop_, client_, cluster_->clients(), options);
  SyncStore as_root(loop_, known);
  const auto put = as_root.put("/a", "1");
  ASSERT_TRUE(put) << put.error().message;
  ASSERT_TRUE(cluster_->member(0).restart());
  const auto again = eventually([&] { return as_root.put("/a", "2"); });
  EXPECT_TRUE(again) << again.error().message;
  EXPECT_TRUE(as_root.watch(KeyRange::key("/a"), put->revision));
  options.credentials.password = "wrong";
  EtcdStore stranger(loop_, client_, cluster_->clients(), options);
  SyncStore as_stranger(loop_, stranger);
  const auto refused = as_stranger.put("/a", "3");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid) << refused.error().message;
}

}  // namespace
}  // namespace hancock::etcd
