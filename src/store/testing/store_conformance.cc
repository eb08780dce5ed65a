// Ranges, transactions and leases, as etcd's v3 API has them.
#include "store/testing/store_conformance.h"

namespace hancock::store {
namespace {

TEST_P(StoreConformance, an_empty_range_has_a_revision) {
  const auto result = store().range(KeyRange::prefix("/a/"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->items.empty());
  EXPECT_GE(result->revision, Revision(1));
}

TEST_P(StoreConformance, a_key_counts_its_versions_and_knows_its_revisions) {
  const Revision start = revision();
  EXPECT_EQ(store().put("/a", "1")->revision, plus(start, 1));
  EXPECT_EQ(store().put("/b", "x")->revision, plus(start, 2));
  EXPECT_EQ(store().put("/a", "2")->revision, plus(start, 3));
  const auto result = store().range(KeyRange::key("/a"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->revision, plus(start, 3));
  EXPECT_EQ(result->items, (std::vector<KeyValue>{{"/a", "2", plus(start, 1), plus(start, 3), 2}}));
}

TEST_P(StoreConformance, a_range_is_in_key_order_and_stops_before_its_end) {
  for (const char* key : {"/b", "/a/2", "/a/10", "/a", "/a0", "/a/1"}) ASSERT_TRUE(store().put(key, key));
  std::vector<std::string> keys;
  for (const auto& item : store().items("/a/")) keys.push_back(item.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"/a/1", "/a/10", "/a/2"}));
  EXPECT_EQ(store().range({"/a/2", "/b"})->items.size(), 2U);
  EXPECT_EQ(store().range(KeyRange::from("/a0"))->items.size(), 2U);
  EXPECT_EQ(store().range({"/b", "/a"})->items.size(), 0U);
}

TEST_P(StoreConformance, keys_and_values_are_any_bytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  ASSERT_TRUE(store().put(bytes, bytes + bytes));
  ASSERT_TRUE(store().put("/empty", ""));
  const auto result = store().range(KeyRange::key(bytes));
  ASSERT_TRUE(result);
  ASSERT_EQ(result->items.size(), 1U);
  EXPECT_EQ(result->items[0].key, bytes);
  EXPECT_EQ(result->items[0].value, bytes + bytes);
  EXPECT_EQ(store().range(KeyRange::key("/empty"))->items[0].value, "");
}

TEST_P(StoreConformance, thousands_of_keys_are_read_at_one_revision) {
  static constexpr int kTransactions = 40;
  static constexpr int kEach = 64;
  for (int i = 0; i < kTransactions; ++i) {
    Transaction transaction;
    for (int j = 0; j < kEach; ++j)
      transaction.operations.push_back(
          Operation::put(fmt::format("/big/{:05}", i * kEach + j), std::string(100, 'x')));
    ASSERT_TRUE(store().commit(transaction));
  }
  const auto result = store().range(KeyRange::prefix("/big/"));
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->items.size(), static_cast<size_t>(kTransactions * kEach));
  for (int i = 0; i < kTransactions * kEach; ++i)
    ASSERT_EQ(result->items[static_cast<size_t>(i)].key, fmt::format("/big/{:05}", i));
  EXPECT_EQ(result->revision, revision());
}

TEST_P(StoreConformance, all_operations_of_a_transaction_share_its_revision) {
  ASSERT_TRUE(store().put("/old", "1"));
  const Revision start = revision();
  Transaction transaction;
  transaction.operations = {Operation::put("/x", "1"), Operation::remove("/old"), Operation::put("/y", "2")};
  const auto result = store().commit(transaction);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->succeeded);
  EXPECT_EQ(result->revision, plus(start, 1));
  EXPECT_EQ(store().items("/x")[0].mod_revision, plus(start, 1));
  EXPECT_EQ(store().items("/y")[0].mod_revision, plus(start, 1));
  EXPECT_TRUE(store().items("/old").empty());
}

TEST_P(StoreConformance, a_transaction_with_one_compare_that_fails_does_nothing) {
  ASSERT_TRUE(store().put("/a", "1"));
  const Revision start = revision();
  Transaction transaction;
  transaction.compares = {Compare::present("/a"), Compare::absent("/a")};
  transaction.operations = {Operation::put("/a", "2"), Operation::remove("/a/")};
  const auto result = store().commit(transaction);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->succeeded);
  EXPECT_EQ(result->revision, start);
  EXPECT_EQ(revision(), start);
  EXPECT_EQ(store().items("/a")[0].value, "1");
}

TEST_P(StoreConformance, compares_look_at_version_and_revisions) {
  ASSERT_TRUE(store().put("/a", "1"));
  ASSERT_TRUE(store().put("/a", "2"));
  const KeyValue item = store().items("/a")[0];
  using Target = Compare::Target;
  using Relation = Compare::Relation;
  const auto holds = [this](const std::string& key, Target target, Relation relation, int64_t operand) {
    Transaction transaction;
    transaction.compares = {{key, target, relation, operand}};
    const auto result = store().commit(transaction);
    return result && result->succeeded;
  };
  const std::pair<Target, int64_t> actual[] = {{Target::kModRevision, item.mod_revision.value()},
                                               {Target::kCreateRevision, item.create_revision.value()},
                                               {Target::kVersion, 2}};
  for (const auto& [target, value] : actual) {
    EXPECT_TRUE(holds("/a", target, Relation::kEqual, value));
    EXPECT_FALSE(holds("/a", target, Relation::kEqual, value + 1));
    EXPECT_TRUE(holds("/a", target, Relation::kGreater, value - 1));
    EXPECT_FALSE(holds("/a", target, Relation::kGreater, value));
    EXPECT_TRUE(holds("/a", target, Relation::kLess, value + 1));
    EXPECT_FALSE(holds("/a", target, Relation::kLess, value));
    EXPECT_TRUE(holds("/a", target, Relation::kNotEqual, value + 1));
    EXPECT_FALSE(holds("/a", target, Relation::kNotEqual, value));
    EXPECT_TRUE(holds("/none", target, Relation::kEqual, 0));
    EXPECT_FALSE(holds("/none", target, Relation::kGreater, 0));
  }
}

TEST_P(StoreConformance, what_changes_nothing_takes_no_revision) {
  const Revision start = revision();
  const auto removed = store().remove("/none");
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->succeeded);
  EXPECT_EQ(removed->revision, start);
  EXPECT_EQ(store().commit(Transaction{})->revision, start);
  EXPECT_EQ(revision(), start);
}

TEST_P(StoreConformance, a_deleted_key_starts_anew) {
  ASSERT_TRUE(store().put("/a", "1"));
  ASSERT_TRUE(store().put("/a", "2"));
  ASSERT_TRUE(store().commit(Operation::remove(KeyRange::prefix("/"))));
  const auto put = store().put("/a", "3");
  ASSERT_TRUE(put);
  EXPECT_EQ(store().items("/a"), (std::vector<KeyValue>{{"/a", "3", put->revision, put->revision, 1}}));
}

TEST_P(StoreConformance, of_two_writers_with_one_fence_one_wins) {
  const Revision fence = store().put("/leader", "a")->revision;
  Transaction transaction;
  transaction.compares = {Compare::unchanged("/leader", fence)};
  transaction.operations = {Operation::put("/leader", "b")};
  EXPECT_TRUE(store().commit(transaction)->succeeded);
  EXPECT_FALSE(store().commit(transaction)->succeeded);
}

TEST_P(StoreConformance, a_transaction_that_breaks_a_rule_is_refused_as_a_whole) {
  const Revision start = revision();
  const auto code = [this](std::vector<Operation> operations) {
    Transaction transaction;
    transaction.operations = std::move(operations);
    const auto result = store().commit(transaction);
    return result ? ErrorCode::kInternal : result.error().code;
  };
  EXPECT_EQ(code({Operation::put("/a", "1"), Operation::put("/a", "2")}), ErrorCode::kInvalid);
  EXPECT_EQ(code({Operation::remove(KeyRange::prefix("/")), Operation::put("/a", "2")}), ErrorCode::kInvalid);
  EXPECT_EQ(code({Operation::put("", "1")}), ErrorCode::kInvalid);
  EXPECT_EQ(code({Operation::put("/a", std::string(2 << 20, 'x'))}), ErrorCode::kTooLarge);
  EXPECT_EQ(code(std::vector<Operation>(129, Operation::remove("/a"))), ErrorCode::kTooLarge);
  EXPECT_EQ(code({Operation::put("/a", "1", LeaseId(4711))}), ErrorCode::kNotFound);
  EXPECT_EQ(store().range(KeyRange::key("")).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(revision(), start);
}

TEST_P(StoreConformance, the_largest_allowed_transaction_goes_through) {
  Transaction transaction;
  for (size_t i = 0; i < Transaction::kOperationsMax; ++i) {
    transaction.compares.push_back(Compare::absent(fmt::format("/a/{:03}", i)));
    transaction.operations.push_back(Operation::put(fmt::format("/a/{:03}", i), std::string(10'000, 'x')));
  }
  const auto result = store().commit(transaction);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->succeeded);
  EXPECT_EQ(store().items("/a/").size(), Transaction::kOperationsMax);
}

TEST_P(StoreConformance, revoking_a_lease_deletes_its_keys_at_one_revision) {
  const auto lease = store().grant_lease(60s);
  ASSERT_TRUE(lease) << lease.error().message;
  ASSERT_TRUE(store().put("/leased/1", "1", *lease));
  ASSERT_TRUE(store().put("/leased/2", "2", *lease));
  ASSERT_TRUE(store().put("/leased/2", "freed"));
  ASSERT_TRUE(store().put("/leased/3", "3", *lease));
  const Revision before = revision();
  ASSERT_TRUE(store().revoke_lease(*lease));
  EXPECT_EQ(revision(), plus(before, 1));
  const auto left = store().items("/leased/");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].value, "freed");
}

TEST_P(StoreConformance, a_lease_that_is_over_is_not_found) {
  const auto lease = store().grant_lease(60s);
  ASSERT_TRUE(lease);
  EXPECT_TRUE(store().keep_alive(*lease));
  ASSERT_TRUE(store().revoke_lease(*lease));
  EXPECT_EQ(store().keep_alive(*lease).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().revoke_lease(*lease).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().put("/a", "1", *lease).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreConformance, a_lease_that_nobody_keeps_alive_ends_with_its_keys) {
  static constexpr Duration kTtl = 1s;
  const auto lease = store().grant_lease(kTtl);
  ASSERT_TRUE(lease);
  const auto put = store().put("/leased", "1", *lease);
  ASSERT_TRUE(put);
  auto watch = store().watch(KeyRange::key("/leased"), plus(put->revision, 1));
  ASSERT_TRUE(watch);
  world().let_lease_end(kTtl);
  const auto events = read(**watch, 1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, WatchEvent::Kind::kDelete);
  EXPECT_EQ(store().keep_alive(*lease).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace hancock::store
