#include "agent/endpoint_writer.h"

#include <gtest/gtest.h>

#include "io/scope.h"
#include "store/memory_store.h"
#include "store/testing/store_world.h"

namespace hancock::agent {
namespace {

/// A Node's record, and somebody who meddles with its endpoints.
class EndpointWriterTest : public testing::Test {
 protected:
  EndpointWriterTest() {
    fence_ = sync_.put(keys_.node("node-1"), "{}")->revision;
    scope_.spawn(writer_.run());
  }
  ~EndpointWriterTest() override { scope_.cancel(); }

  static WantedEndpoint wanted(uint32_t version) {
    WantedEndpoint wanted{EndpointWish::kReady, {}};
    wanted.endpoint.task = "t-1";
    wanted.endpoint.node = "node-1";
    wanted.endpoint.version = version;
    return wanted;
  }
  io::Async<void> pass(Duration time) { co_await loop_.sleep_for(time); }
  bool eventually(const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + 10s;
    while (!holds()) {
      if (loop_.now() > deadline) return false;
      loop_.block_on(pass(1ms));
    }
    return true;
  }
  bool stands() { return !sync_.items(key_).empty(); }

  io::Loop loop_;
  store::MemoryServer server_{loop_};
  store::MemoryStore store_{server_};
  store::SyncStore sync_{loop_, store_};
  registry::Keys keys_;
  std::string key_ = keys_.endpoint("node-1", "t-1");
  store::Revision fence_;
  EndpointWriter writer_{loop_, store_, "node-1", [](const std::string&, bool) {}, 50ms};
  io::Scope scope_;
};

TEST_F(EndpointWriterTest, WhatSomebodyRemovedIsPutAgainHoweverBusyTheNodeIs) {
  writer_.set_fence(fence_);
  writer_.want("t-1", wanted(1));
  writer_.open();
  ASSERT_TRUE(eventually([&] { return stands(); }));
  ASSERT_TRUE(sync_.remove(key_));
  uint32_t busy = 1;
  EXPECT_TRUE(eventually([&] {
    writer_.want("t-2", wanted(++busy));  // more often than it reads again
    return stands();
  }));
}

}  // namespace
}  // namespace hancock::agent
