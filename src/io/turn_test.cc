#include "io/turn.h"

#include <gtest/gtest.h>

#include "io/timer.h"

namespace hancock::io {
namespace {

Async<int> busy(Loop& loop, const bool& others_came) {
  Turn turn(loop);
  int steps = 0;
  while (!others_came && steps < 1'000'000) {
    co_await turn.spent();
    ++steps;
  }
  co_return steps;
}

TEST(Turn, what_never_waits_lets_others_have_their_turn) {
  Loop loop;
  bool came = false;
  Timer timer(loop, [&] { came = true; });
  timer.arm(loop.now());
  EXPECT_LT(loop.block_on(busy(loop, came)), 1'000'000);
  EXPECT_TRUE(came);
}

}  // namespace
}  // namespace hancock::io
