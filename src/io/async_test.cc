#include "io/async.h"

#include <gtest/gtest.h>

#include <string>

#include "io/loop.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/thread_pool.h"

namespace hancock::io {
namespace {

Async<int> at_once(int value) { co_return value; }

Async<int> sum_of_ready(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await at_once(1);
  co_return sum;
}

TEST(Async, awaiting_ready_ones_does_not_grow_the_stack) {
  Loop loop;
  EXPECT_EQ(loop.block_on(sum_of_ready(1'000'000)), 1'000'000);
}

TEST(Async, sleep_ends_early_when_stopped) {
  Loop loop;
  std::stop_source stop;
  loop.post([&] { stop.request_stop(); });
  const auto sleep = [](Loop& on, std::stop_token token) -> Async<bool> {
    co_return co_await on.sleep_for(1h, token);
  };
  EXPECT_FALSE(loop.block_on(sleep(loop, stop.get_token())));
}

TEST(Async, an_unfinished_one_can_be_destroyed_while_it_waits) {
  Loop loop;
  Signal never(loop);
  bool gone = false;
  struct Mark {
    explicit Mark(bool& flag) : flag_(flag) {}
    ~Mark() { flag_ = true; }
    bool& flag_;
  };
  auto wait = [](Signal& signal, bool& flag) -> Async<void> {
    const Mark mark(flag);
    co_await signal.wait();
  };
  {
    auto waiting = wait(never, gone);
    auto awaiter = waiting.operator co_await();
    EXPECT_TRUE(awaiter.await_suspend(std::noop_coroutine()));
    EXPECT_FALSE(gone);
  }
  EXPECT_TRUE(gone);
  never.set();
}

TEST(Scope, joins_all_that_it_started) {
  Loop loop;
  int done = 0;
  const auto one = [](Loop& on, int& counter) -> Async<void> {
    co_await on.sleep_for(1ms);
    ++counter;
  };
  const auto all = [&](Loop& on, int& counter) -> Async<void> {
    Scope scope;
    for (int i = 0; i < 10; ++i) scope.spawn(one(on, counter));
    co_await scope.join();
  };
  loop.block_on(all(loop, done));
  EXPECT_EQ(done, 10);
}

TEST(Scope, cancel_ends_what_runs_where_it_waits_and_frees_its_locals) {
  Loop loop;
  Signal never(loop);
  int alive = 0;
  struct Mark {
    explicit Mark(int& counter) : counter_(counter) { ++counter_; }
    ~Mark() { --counter_; }
    int& counter_;
  };
  const auto inner = [](Signal& signal, int& counter) -> Async<void> {
    const Mark mark(counter);
    co_await signal.wait();
  };
  const auto outer = [](Signal& signal, int& counter, auto& call) -> Async<void> {
    const Mark mark(counter);
    co_await call(signal, counter);
  };
  Scope scope;
  scope.spawn(outer(never, alive, inner));
  scope.spawn(inner(never, alive));
  EXPECT_EQ(scope.running(), 2u);
  EXPECT_EQ(alive, 3);
  scope.cancel();
  EXPECT_EQ(scope.running(), 0u);
  EXPECT_EQ(alive, 0);
}

TEST(Signal, wakes_the_waiting_and_is_kept_for_the_one_who_comes_later) {
  Loop loop;
  Signal signal(loop);
  const auto wait = [](Loop& on, Signal& awaited, Duration span) -> Async<bool> {
    co_return co_await awaited.wait(on.now() + span);
  };
  signal.set();
  EXPECT_TRUE(loop.block_on(wait(loop, signal, 1h)));
  EXPECT_FALSE(loop.block_on(wait(loop, signal, 1ms)));
  loop.post([&] { signal.set(); });
  EXPECT_TRUE(loop.block_on(wait(loop, signal, 1h)));
}

TEST(ThreadPool, brings_results_back_to_the_loop) {
  Loop loop;
  ThreadPool pool(2);
  const auto call = [](Loop& on, ThreadPool& threads) -> Async<std::string> {
    co_return co_await threads.run(on, [] { return std::string("done"); });
  };
  EXPECT_EQ(loop.block_on(call(loop, pool)), "done");
}

}  // namespace
}  // namespace hancock::io
