#include "slardar/confd/acknowledgement.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace hancock::slardar {
namespace {

registry::Position at(int64_t revision) { return {1, store::Revision(revision)}; }

TEST(Acknowledgement, nothing_is_applied_until_every_worker_has_swapped) {
  Acknowledgement acknowledgement(2);
  EXPECT_EQ(acknowledgement.position(), registry::Position());
  acknowledgement.applied(0, 1, at(10), {});
  EXPECT_EQ(acknowledgement.position(), registry::Position());
  acknowledgement.applied(1, 1, at(10), {});
  EXPECT_EQ(acknowledgement.position(), at(10));
}

TEST(Acknowledgement, in_flight_is_the_sum_of_the_workers) {
  Acknowledgement acknowledgement(2);
  acknowledgement.applied(0, 1, at(10), {{"t1", 2}, {"t2", 0}});
  acknowledgement.applied(1, 1, at(10), {{"t1", 1}, {"t2", 0}});
  EXPECT_EQ(acknowledgement.in_flight(), (TaskCounts{{"t1", 3}, {"t2", 0}}));
  acknowledgement.in_flight_changed(0, {{"t1", 0}, {"t2", 0}});
  EXPECT_EQ(acknowledgement.in_flight().at("t1"), 1U);
}

TEST(Acknowledgement, a_restored_store_takes_the_position_back) {
  Acknowledgement acknowledgement(1);
  acknowledgement.applied(0, 1, at(100), {});
  acknowledgement.applied(0, 2, at(7), {});
  EXPECT_EQ(acknowledgement.position(), at(7));
}

// Workers swap in any order and lag as they like: never is a position said that some worker has not reached.
TEST(Acknowledgement, never_runs_ahead_of_any_worker) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SeededRandom random(seed);
    const size_t workers = 1 + random.below(4);
    Acknowledgement acknowledgement(workers);
    std::vector<uint64_t> numbers(workers, 0);
    for (int step = 0; step < 60; ++step) {
      const size_t worker = random.below(workers);
      numbers[worker] += 1 + random.below(3);
      acknowledgement.applied(worker, numbers[worker], at(static_cast<int64_t>(numbers[worker] * 10)), {});
      const uint64_t lowest = *std::min_element(numbers.begin(), numbers.end());
      EXPECT_EQ(acknowledgement.number(), lowest) << "seed " << seed;
      EXPECT_EQ(acknowledgement.position(),
                lowest == 0 ? registry::Position() : at(static_cast<int64_t>(lowest * 10)));
    }
  }
}

}  // namespace
}  // namespace hancock::slardar
