// The same random transactions on a real etcd and on MemoryStore: the same answers, revisions, ranges and
// watches, so that what is tested on the one holds on the other.
#include <gtest/gtest.h>

#include "base/random.h"
#include "etcd/etcd_store.h"
#include "etcd/testing/etcd_process.h"
#include "store/memory_store.h"
#include "store/testing/store_world.h"

namespace hancock::etcd {
namespace {

using store::Compare;
using store::KeyRange;
using store::KeyValue;
using store::LeaseId;
using store::MemoryServer;
using store::MemoryStore;
using store::Operation;
using store::Revision;
using store::SyncStore;
using store::Transaction;
using store::WatchEvent;

class EquivalenceTest : public testing::TestWithParam<uint64_t> {
 protected:
  // One etcd for all seeds; each starts where the last one ended.
  static void SetUpTestSuite() {
    auto cluster = EtcdCluster::start(1);
    if (cluster) cluster_ = std::move(*cluster);
  }
  static void TearDownTestSuite() { cluster_.reset(); }
  void SetUp() override {
    ASSERT_NE(cluster_, nullptr);
    ASSERT_TRUE(real_.commit(Operation::remove(KeyRange::from("\x01"))));
    const auto start = real_.range(KeyRange::key("x"));
    ASSERT_TRUE(start);
    offset_ = start->revision.value() - model_.range(KeyRange::key("x"))->revision.value();
  }

  std::string key() { return fmt::format("/{}/{}", random_.below(4), random_.below(5)); }
  KeyRange range() {
    switch (random_.below(4)) {
      case 0:
        return KeyRange::key(key());
      case 1:
        return KeyRange::prefix(fmt::format("/{}/", random_.below(3)));
      case 2:
        return KeyRange::from(key());
      default:
        return {key(), key()};
    }
  }

  // For the model; for the real one, revisions and leases are translated.
  Transaction transaction() {
    Transaction made;
    for (uint64_t left = random_.below(4) / 2; left > 0; --left) {
      Compare compare;
      compare.key = key();
      compare.target = static_cast<Compare::Target>(random_.below(3));
      compare.relation = static_cast<Compare::Relation>(random_.below(4));
      const int64_t revision = model_.range(KeyRange::key("x"))->revision.value();
      compare.operand = compare.target == Compare::Target::kVersion
                            ? static_cast<int64_t>(random_.below(4))
                            : revision - static_cast<int64_t>(random_.below(10));
      if (random_.below(4) == 0) compare.operand = 0;
      made.compares.push_back(compare);
    }
    for (uint64_t left = random_.below(5); left > 0; --left) {
      if (random_.below(3) == 0) {
        made.operations.push_back(Operation::remove(range()));
      } else {
        made.operations.push_back(Operation::put(key(), random_.id(4), lease_for_put()));
      }
    }
    return made;
  }
  LeaseId lease_for_put() {
    if (leases_.empty() || random_.below(6) != 0) return {};
    return leases_[random_.below(leases_.size())].first;
  }

  Transaction translated(Transaction from) {
    for (Compare& compare : from.compares) {
      if (compare.target != Compare::Target::kVersion && compare.operand > 0) compare.operand += offset_;
    }
    for (Operation& operation : from.operations) {
      for (const auto& [ours, theirs] : leases_) {
        if (operation.lease == ours) {
          operation.lease = theirs;
          break;
        }
      }
    }
    return from;
  }
  KeyValue translated(KeyValue item) const {
    if (item.create_revision != Revision())
      item.create_revision = Revision(item.create_revision.value() + offset_);
    item.mod_revision = Revision(item.mod_revision.value() + offset_);
    return item;
  }

  void commit_on_both() {
    const Transaction made = transaction();
    const auto modelled = model_.commit(made);
    const auto real = real_.commit(translated(made));
    ASSERT_EQ(modelled.has_value(), real.has_value())
        << (real ? modelled.error().message : real.error().message);
    if (!real) {
      EXPECT_EQ(modelled.error().code, real.error().code) << real.error().message;
      return;
    }
    EXPECT_EQ(modelled->succeeded, real->succeeded);
    EXPECT_EQ(modelled->revision.value() + offset_, real->revision.value());
  }
  void change_leases() {
    if (random_.below(2) == 0 || leases_.empty()) {
      leases_.emplace_back(*model_.grant_lease(600s), *real_.grant_lease(600s));
      return;
    }
    // Revoked ones stay in the list: both must go on refusing them.
    const auto& [ours, theirs] = leases_[random_.below(leases_.size())];
    const auto modelled = model_.revoke_lease(ours);
    const auto real = real_.revoke_lease(theirs);
    ASSERT_EQ(modelled.has_value(), real.has_value());
  }
  void compare_ranges() {
    const KeyRange looked_at = range();
    const auto modelled = model_.range(looked_at);
    const auto real = real_.range(looked_at);
    ASSERT_TRUE(modelled && real);
    ASSERT_EQ(modelled->revision.value() + offset_, real->revision.value());
    ASSERT_EQ(modelled->items.size(), real->items.size());
    for (size_t i = 0; i < real->items.size(); ++i)
      EXPECT_EQ(translated(modelled->items[i]), real->items[i]) << real->items[i].key;
  }
  static std::vector<WatchEvent> read(SyncStore& store, store::Watch& watch, Revision up_to) {
    std::vector<WatchEvent> events;
    for (Revision at; at < up_to;) {
      auto batch = store.next(watch);
      if (!batch) break;
      events.insert(events.end(), batch->events.begin(), batch->events.end());
      at = batch->revision;
    }
    return events;
  }
  void compare_watches(const KeyRange& watched, Revision from) {
    // A last write that both must see.
    const Revision last = model_.put("/0/0", "end")->revision;
    ASSERT_TRUE(real_.put("/0/0", "end"));
    auto modelled = model_.watch(watched, from);
    auto real = real_.watch(watched, Revision(from.value() + offset_));
    ASSERT_TRUE(modelled && real);
    const auto expected = read(model_, **modelled, last);
    const auto actual = read(real_, **real, Revision(last.value() + offset_));
    ASSERT_EQ(expected.size(), actual.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      EXPECT_EQ(expected[i].kind, actual[i].kind) << i;
      EXPECT_EQ(translated(expected[i].item), actual[i].item) << i;
    }
  }

  static inline std::unique_ptr<EtcdCluster> cluster_;
  SeededRandom random_{GetParam()};
  io::Loop loop_;
  http::Client client_{loop_};
  EtcdStore etcd_{loop_, client_, cluster_ ? cluster_->clients() : std::vector<io::Address>(1)};
  MemoryServer server_{loop_};
  MemoryStore memory_{server_};
  SyncStore real_{loop_, etcd_};
  SyncStore model_{loop_, memory_};
  int64_t offset_ = 0;
  std::vector<std::pair<LeaseId, LeaseId>> leases_;  // the model's, etcd's
};

TEST_P(EquivalenceTest, both_do_the_same) {
  const Revision start = model_.range(KeyRange::key("x"))->revision;
  for (int i = 0; i < 120 && !HasFatalFailure() && !HasNonfatalFailure(); ++i) {
    if (random_.below(8) == 0) {
      change_leases();
    } else {
      commit_on_both();
    }
    if (random_.below(3) == 0) compare_ranges();
  }
  const int64_t done = model_.range(KeyRange::key("x"))->revision.value() - start.value();
  EXPECT_GT(done, 10) << "most transactions came to nothing";
  compare_watches(KeyRange::prefix("/0/"), Revision(start.value() + 1));
  compare_watches(KeyRange::from("/"), Revision(start.value() + done / 2));
}

INSTANTIATE_TEST_SUITE_P(Seeds, EquivalenceTest, testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace hancock::etcd
