#include "io/frame_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/random.h"
#include "io/frame_lists.h"

namespace hancock::io {
namespace {

TEST(FrameLists, what_was_kept_is_given_again_for_every_size_that_it_is_enough_for) {
  FrameLists lists;
  EXPECT_EQ(lists.take(100), nullptr);
  void* const block = ::operator new(FrameLists::rounded(100));
  EXPECT_TRUE(lists.keep(block, 100));
  EXPECT_EQ(lists.take(200), nullptr) << "it is too small";
  EXPECT_EQ(lists.take(128), block);
  EXPECT_EQ(lists.take(128), nullptr) << "nothing is given twice";
  EXPECT_TRUE(lists.keep(block, 65));
  lists.clear();
  EXPECT_EQ(lists.take(65), nullptr);
}

TEST(FrameLists, they_keep_so_much_and_no_more) {
  FrameLists lists;
  size_t kept = 0;
  while (true) {
    void* const block = ::operator new(FrameLists::rounded(1000));
    if (!lists.keep(block, 1000)) {
      ::operator delete(block);
      break;
    }
    kept += FrameLists::rounded(1000);
  }
  EXPECT_GE(kept, FrameLists::kSpareBytesMax);
  EXPECT_LT(kept, FrameLists::kSpareBytesMax + FrameLists::rounded(1000));
  lists.clear();
}

TEST(FrameLists, what_nobody_needs_for_a_while_is_freed) {
  FrameLists lists;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(lists.keep(::operator new(FrameLists::rounded(100)), 100));
  EXPECT_EQ(lists.trim(), 0u) << "they may have been put there just now";
  void* const needed = lists.take(100);
  EXPECT_TRUE(lists.keep(needed, 100));
  EXPECT_EQ(lists.trim(), 2 * FrameLists::rounded(100)) << "one of them was needed";
  ::operator delete(lists.take(100));
  EXPECT_EQ(lists.take(100), nullptr);
}

TEST(FramePool, whatever_is_held_stays_as_it_was_written) {
  struct Held {
    char* frame;
    size_t bytes;
    char mark;
  };
  SeededRandom random(7);
  std::vector<Held> held;
  for (int i = 0; i < 20'000; ++i) {
    if (held.size() < 300 && random.below(2) == 0) {
      const size_t bytes = 1 + random.below(3000);
      const char mark = static_cast<char>(random.below(256));
      char* const frame = static_cast<char*>(frame_pool::allocate(bytes));
      std::memset(frame, mark, bytes);
      held.push_back({frame, bytes, mark});
    } else if (!held.empty()) {
      std::swap(held[random.below(held.size())], held.back());
      const Held last = held.back();
      held.pop_back();
      for (size_t at = 0; at < last.bytes; ++at) ASSERT_EQ(last.frame[at], last.mark);
      frame_pool::release(last.frame, last.bytes);
    }
  }
  for (const Held& each : held) frame_pool::release(each.frame, each.bytes);
}

TEST(FramePool, a_frame_may_end_on_another_thread_and_a_thread_leaves_nothing_behind) {
  char* frame = static_cast<char*>(frame_pool::allocate(200));
  std::memset(frame, 'x', 200);
  std::thread([&frame] {
    EXPECT_EQ(frame[199], 'x');
    frame_pool::release(frame, 200);
    frame = static_cast<char*>(frame_pool::allocate(200));
    std::memset(frame, 'y', 200);
    frame_pool::release(frame_pool::allocate(300), 300);  // waits in the lists of a thread that ends
  }).join();
  EXPECT_EQ(frame[199], 'y');
  frame_pool::release(frame, 200);
}

}  // namespace
}  // namespace hancock::io
