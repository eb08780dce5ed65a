#include "slardar/worker/worker_group.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

io::Async<void> turn(io::Loop& loop) { co_await loop.sleep_for(1ms); }

TEST(WorkerGroup, messages_that_come_after_it_has_gone_reach_nobody) {
  io::Loop loop;
  const Freshness freshness(1h);
  WorkerOptions options;
  options.freshness = &freshness;
  int calls = 0;
  auto group = std::make_unique<WorkerGroup>(
      loop, 2, options, WorkerGroup::Callbacks{[&] { ++calls; }, [](uint16_t, std::string) {}});
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->number = 1;
  group->apply(snapshot);
  while (calls < 2) loop.block_on(turn(loop));
  group->apply(snapshot);
  group.reset();  // the workers have answered when they end, the control loop
                  // has not looked yet
  loop.block_on(turn(loop));
  EXPECT_EQ(calls, 2);
}

TEST(WorkerGroup, a_worker_owes_a_sign_of_life_only_after_it_was_asked) {
  io::Loop loop;
  const Freshness freshness(1h);
  WorkerOptions options;
  options.freshness = &freshness;
  WorkerGroup group(loop, 2, options, {[] {}, [](uint16_t, std::string) {}});
  EXPECT_TRUE(group.alive());
  group.ping();
  loop.block_on(turn(loop));
  EXPECT_TRUE(group.alive());
}

}  // namespace
}  // namespace hancock::slardar
