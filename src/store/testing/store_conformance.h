// What every Store must do, as a parametrised suite: instantiate StoreConformance with the implementation's
// StoreWorldFactory and compile store_conformance.cc and watch_conformance.cc into the test program.
#pragma once

#include <gtest/gtest.h>

#include "store/testing/store_world.h"

namespace hancock::store {

/// The revision `count` writes later.
inline Revision plus(Revision revision, int64_t count) { return Revision(revision.value() + count); }

class StoreConformance : public testing::TestWithParam<StoreWorldFactory> {
 protected:
  void SetUp() override {
    world_ = GetParam().make();
    ASSERT_NE(world_, nullptr) << "no store to test";
    store_ = std::make_unique<SyncStore>(world_->loop(), world_->store());
  }
  SyncStore& store() { return *store_; }
  StoreWorld& world() { return *world_; }

  /// The store's revision; 0 when it cannot be read.
  Revision revision() {
    auto result = store().range(KeyRange::key("none"));
    return result ? result->revision : Revision();
  }
  /// Events up to `count` of them or the first error; whole batches.
  std::vector<WatchEvent> read(Watch& watch, size_t count) {
    std::vector<WatchEvent> events;
    while (events.size() < count) {
      auto batch = store().next(watch);
      if (!batch) break;
      events.insert(events.end(), batch->events.begin(), batch->events.end());
    }
    return events;
  }

 private:
  std::unique_ptr<StoreWorld> world_;
  std::unique_ptr<SyncStore> store_;
};

}  // namespace hancock::store
