#include "agent/container_end.h"

#include <signal.h>

#include <algorithm>

namespace hancock::agent {
namespace {

constexpr Duration kAsk = 10ms;  // between asking the runtime about a process that has ended
constexpr Duration kAskMax = 500ms;
constexpr Duration kAskUnwatchedMax = 1s;  // about one that cannot be watched: mostly it has just ended
constexpr int kDeadAnswersMax = 60;        // that a process which has ended runs; then the kernel is believed
constexpr int32_t kUnknownCode = 255;

ContainerEnd unknown_end(std::string why, bool is_gone) {
  return {.exit = {.code = kUnknownCode}, .blame = Blame::kOthers, .why = std::move(why), .is_gone = is_gone};
}

}  // namespace

ContainerEnd end_of(const cri::ContainerStatus& status) {
  if (status.state == cri::ContainerState::kUnknown || status.reason == "Unknown") {
    return unknown_end("its runtime lost sight of it", false);
  }
  // CRI has one number for both.
  constexpr int32_t kSignalBase = 128;
  const bool by_signal = status.exit_code > kSignalBase && status.exit_code < kSignalBase + NSIG;
  const TaskExit exit{.code = status.exit_code,
                      .signal = by_signal ? status.exit_code - kSignalBase : 0,
                      .oom = status.reason == "OOMKilled"};
  return {.exit = exit, .blame = Blame::kTask, .why = {}, .is_gone = false};
}

io::Async<ContainerEnd> container_end(Pods& pods, std::string task, Pod& pod) {
  io::Loop& loop = pods.runtime().loop();
  const std::string container = pod.container;
  std::shared_ptr<ProcessWatch> process = pod.process;
  Duration wait = kAsk;
  int dead_answers = 0;
  while (true) {
    if (process) (void)co_await process->ended();
    auto status = co_await pods.status_of(container);
    if (!status && status.error().code == ErrorCode::kNotFound) {
      co_return unknown_end("its container was removed by somebody", true);
    }
    const bool runs = status && status->state == cri::ContainerState::kRunning;
    if (status && !runs) co_return end_of(*status);
    if (runs && process && ++dead_answers > kDeadAnswersMax) {
      co_return unknown_end("its process ended, unnoticed by its runtime", false);
    }
    if (runs && !process) {
      process = pods.watch(task, status->pid).value_or(nullptr);
      if (process && pod.container == container) pod.process = process;
      if (process) {
        wait = kAsk;
        continue;
      }
    }
    co_await loop.sleep_for(wait);
    wait = std::min(wait * 2, process ? kAskMax : kAskUnwatchedMax);
  }
}

}  // namespace hancock::agent
