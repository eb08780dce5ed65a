// EtcdStore on a real etcd: the conformance suite, and what only a cluster of processes can do to a client.
#include "etcd/etcd_store.h"

#include "etcd/testing/etcd_process.h"
#include "store/memory_store.h"
#include "store/testing/store_conformance.h"

namespace hancock::etcd {
namespace {

using store::KeyRange;
using store::Operation;
using store::Revision;
using store::SyncStore;
using store::Transaction;

class EtcdWorld final : public store::StoreWorld {
 public:
  explicit EtcdWorld(std::unique_ptr<EtcdCluster> cluster)
      : cluster_(std::move(cluster)),
        client_(loop_),
        store_(loop_, client_, cluster_->clients(), options()) {}

  io::Loop& loop() override { return loop_; }
  store::Store& store() override { return store_; }
  void compact(Revision revision) override {
    ASSERT_TRUE(loop_.block_on(store_.compact(revision, loop_.now() + 5s)));
  }
  void let_lease_end(Duration) override {}  // it does so by itself

 private:
  static EtcdOptions options() {
    EtcdOptions options;
    options.page_keys = 100;  // so that large ranges have many pages
    return options;
  }
  std::unique_ptr<EtcdCluster> cluster_;
  io::Loop loop_;
  http::Client client_;
  EtcdStore store_;
};

std::unique_ptr<store::StoreWorld> make_world(size_t members) {
  auto cluster = EtcdCluster::start(members);
  if (!cluster) ADD_FAILURE() << cluster.error().message;
  return cluster ? std::make_unique<EtcdWorld>(std::move(*cluster)) : nullptr;
}

}  // namespace
}  // namespace hancock::etcd

namespace hancock::store {
INSTANTIATE_TEST_SUITE_P(Etcd, StoreConformance,
                         testing::Values(StoreWorldFactory{"one_member", [] { return etcd::make_world(1); }}),
                         [](const auto& instance) { return instance.param.name; });
}  // namespace hancock::store
