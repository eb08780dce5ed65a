#include "agent/logs/log_keeper.h"

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kRotate = 1s;  // a fast writer fills a disk by 100 MB meanwhile

struct Seen {
  std::set<std::string> failing;
  std::string why;  // of the last one
};

}  // namespace

io::Async<void> LogKeeper::run() {
  while (true) {
    co_await pods_.runtime().loop().sleep_for(kRotate);
    std::vector<Live> live = running();
    if (live.empty()) continue;
    co_await look(std::move(live));
  }
}

std::vector<LogKeeper::Live> LogKeeper::running() const {
  std::vector<Live> live;
  for (const auto& [task, runner] : table_.all()) {
    if (runner->pod().container.empty() || !runner->state().alive) continue;
    live.push_back(
        {task, task_log_folder(pods_.place(), task), runner->state().attempt, runner->pod().container});
  }
  return live;
}

io::Async<void> LogKeeper::look(std::vector<Live> live) {
  auto work = [live = std::move(live), limits = limits_](cri::Client& client) {
    Seen seen;
    const auto fail = [&](const Live& one, const Error& error) {
      seen.failing.insert(one.task);
      seen.why = one.task + ": " + error.message;
    };
    for (const Live& one : live) {
      drop_old_attempts(one.folder, limits.attempts);
      const auto due = rotate_if_due(one.folder, one.attempt, limits);
      if (!due) fail(one, due.error());
      if (!due || !*due) continue;
      // A container that has just ended is no failure; its log is looked at no more.
      const auto opened = client.reopen_log(one.container);
      if (!opened && opened.error().code != ErrorCode::kNotFound) fail(one, opened.error());
    }
    return seen;
  };
  Seen seen = co_await pods_.runtime().call(Runtime::Lane::kChange, std::move(work));
  note(std::move(seen.failing), seen.why);
}

void LogKeeper::note(std::set<std::string> failing, const std::string& why) {
  if (failing != failing_ && !failing.empty()) {
    log::warn("logs", "logs of {} Tasks cannot be rotated; {}", failing.size(), why);
  }
  failing_ = std::move(failing);
}

}  // namespace hancock::agent
