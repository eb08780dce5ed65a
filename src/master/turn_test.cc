#include "master/turn.h"

#include <gmock/gmock.h>

#include <optional>
#include <vector>

#include "io/scope.h"
#include "io/signal.h"

namespace hancock::master {
namespace {

using testing::ElementsAre;

io::Async<void> work(io::Loop& loop, Turns& turns, int number, std::vector<int>& log) {
  const Turn turn = co_await turns.take();
  log.push_back(number);
  co_await loop.sleep_for(1ms);
  log.push_back(number);
}

io::Async<void> three_at_once(io::Loop& loop, Turns& turns, std::vector<int>& log) {
  io::Scope scope;
  for (const int number : {1, 2, 3}) scope.spawn(work(loop, turns, number, log));
  co_await scope.join();
}

TEST(Turns, ComeOneAtATimeInTheOrderOfAsking) {
  io::Loop loop;
  Turns turns(loop);
  std::vector<int> log;
  loop.block_on(three_at_once(loop, turns, log));
  EXPECT_THAT(log, ElementsAre(1, 1, 2, 2, 3, 3));
}

// Starts like block_on's root does, but can be dropped in the middle.
struct Droppable {
  struct promise_type {
    Droppable get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::abort(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Droppable wait_forever(Turns& turns, bool& came) {
  const Turn turn = co_await turns.take();
  came = true;
}

io::Async<void> drop_one_that_waits(io::Loop& loop, Turns& turns, bool& came, std::vector<int>& log) {
  {
    const Turn turn = co_await turns.take();
    const Droppable dropped = wait_forever(turns, came);
    dropped.handle.destroy();
  }
  co_await work(loop, turns, 7, log);
}

TEST(Turns, GoOnWhenSomebodyWhoWaitedIsGone) {
  io::Loop loop;
  Turns turns(loop);
  bool came = false;
  std::vector<int> log;
  loop.block_on(drop_one_that_waits(loop, turns, came, log));
  EXPECT_FALSE(came);
  EXPECT_THAT(log, ElementsAre(7, 7));
}

}  // namespace
}  // namespace hancock::master
