// Runtime: the container runtime as the loop sees it: blocking calls of cri::Client, awaited.
//
//   auto status = co_await runtime.call(Runtime::Lane::kChange, [](cri::Client& c) { return c.status(); });
//
// Each lane has threads of its own, so that slow pulls never keep a Task from being stopped, and the runtime
// is asked how it is whatever else goes on; shares.h keeps one tenant from taking all of a lane. Loop's
// thread; the callable runs on another one and owns what it uses. The destructor cancels what is under way.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "agent/cri/client.h"
#include "io/loop.h"
#include "io/thread_pool.h"

namespace hancock::agent {

class Runtime {
 public:
  enum class Lane { kChange, kPull, kProbe, kPreStop, kHealth };

  Runtime(io::Loop& loop, std::string socket_path) : loop_(loop), client_(std::move(socket_path)) {}
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime() { client_.cancel(); }

  template <class F>
  io::Async<std::invoke_result_t<F, cri::Client&>> call(Lane lane, F work) {
    std::function<std::invoke_result_t<F, cri::Client&>()> job = [client = &client_, work = std::move(work)] {
      return work(*client);
    };
    co_return co_await pool(lane).run(loop_, std::move(job));
  }

  /// For file work that may take a while, beside the calls.
  template <class F>
  io::Async<std::invoke_result_t<F>> block(F work) {
    co_return co_await changes_.run(loop_, std::move(work));
  }

  const std::string& socket_path() const { return client_.socket_path(); }
  io::Loop& loop() { return loop_; }

 private:
  static constexpr size_t kChangeThreads = 8;
  static constexpr size_t kPullThreads = 6;
  static constexpr size_t kProbeThreads = 8;
  static constexpr size_t kPreStopThreads = 8;

  io::ThreadPool& pool(Lane lane) {
    switch (lane) {
      case Lane::kPull:
        return pulls_;
      case Lane::kProbe:
        return probes_;
      case Lane::kPreStop:
        return pre_stops_;
      case Lane::kHealth:
        return health_;
      case Lane::kChange:
        break;
    }
    return changes_;
  }

  io::Loop& loop_;
  cri::Client client_;  // outlives the threads
  io::ThreadPool changes_{kChangeThreads};
  io::ThreadPool pulls_{kPullThreads};
  io::ThreadPool probes_{kProbeThreads};
  io::ThreadPool pre_stops_{kPreStopThreads};
  io::ThreadPool health_{1};
};

}  // namespace hancock::agent
