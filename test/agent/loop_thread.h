// LoopThread: a loop on a thread of its own, so that a test can wait for what happens on it.
#pragma once

#include <future>
#include <thread>

#include "io/loop.h"

namespace hancock::agent::test {

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }
  io::Loop& loop() { return loop_; }

  /// Runs `work` on the loop's thread and waits for its end.
  template <class F>
  auto call(F work) -> std::invoke_result_t<F> {
    std::packaged_task<std::invoke_result_t<F>()> task(std::move(work));
    auto result = task.get_future();
    loop_.post([&task] { task(); });
    return result.get();
  }

 private:
  io::Loop loop_;
  std::thread thread_;
};

}  // namespace hancock::agent::test
