#include "io/frame_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <thread>

#include "base/random.h"

namespace hancock::io {
namespace {

TEST(FramePool, what_was_given_back_may_be_given_again_and_nothing_is_given_twice) {
  SeededRandom random(7);
  std::map<char*, std::pair<size_t, char>> held;
  for (int i = 0; i < 20'000; ++i) {
    if (held.size() < 300 && random.below(2) == 0) {
      const size_t bytes = 1 + random.below(3000);
      const char mark = static_cast<char>(random.below(256));
      char* const frame = static_cast<char*>(frame_pool::allocate(bytes));
      std::memset(frame, mark, bytes);
      ASSERT_TRUE(held.emplace(frame, std::pair(bytes, mark)).second);
    } else if (!held.empty()) {
      const auto [frame, what] = *held.begin();
      for (size_t at = 0; at < what.first; ++at) ASSERT_EQ(frame[at], what.second);
      held.erase(held.begin());
      frame_pool::release(frame, what.first);
    }
  }
  for (const auto& [frame, what] : held) frame_pool::release(frame, what.first);
}

TEST(FramePool, a_frame_may_end_on_another_thread_and_threads_leave_nothing_behind) {
  void* frame = frame_pool::allocate(200);
  std::thread([&frame] {
    frame_pool::release(frame, 200);
    frame = frame_pool::allocate(200);
  }).join();
  frame_pool::release(frame, 200);
}

}  // namespace
}  // namespace hancock::io
