#include "agent/caretaker.h"

#include <signal.h>

#include <filesystem>

#include "agent/logs/log_folder.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;

constexpr Duration kMend = 2s;
constexpr Duration kRotate = 10s;
constexpr Duration kClean = 30s;
constexpr Duration kCleanFirst = 200ms;  // until everything needed for it is known
constexpr Duration kLeftoverGrace = 10s;
constexpr auto kLogsKept = std::chrono::hours(1);  // of Tasks that have gone
constexpr uintmax_t kLogBytesMax = 10UL << 20;     // the spec's defaults: 10 MiB, 3 files
constexpr size_t kLogPartsMax = 2;                 // beside the live one

void rotate(cri::Client& client, const fs::path& folder, uint32_t attempt, const std::string& container) {
  std::error_code error;
  const uintmax_t size = fs::file_size(folder / LogFile{attempt}.name(), error);
  if (error || size < kLogBytesMax) return;
  if (auto rotated = rotate_log(folder, attempt, kLogPartsMax); !rotated) {
    log::warn("logs", "{}", rotated.error().message);
    return;
  }
  if (auto opened = client.reopen_log(container); !opened) {
    log::warn("logs", "{}: {}", folder.string(), opened.error().message);
  }
}

}  // namespace

io::Async<void> Caretaker::keep_table() {
  std::string problem;
  while (true) {
    co_await pods_.runtime().loop().sleep_for(kMend);
    auto mended = co_await network_.mend();
    if (mended && *mended)
      log::warn("network", "the table inet hancock had been changed by somebody: repaired");
    const std::string now = mended ? "" : mended.error().message;
    if (now != problem && !now.empty()) log::error("network", "{}", now);
    problem = now;
  }
}

io::Async<void> Caretaker::keep_logs() {
  while (true) {
    co_await pods_.runtime().loop().sleep_for(kRotate);
    co_await rotate_logs();
  }
}

io::Async<void> Caretaker::rotate_logs() {
  struct Live {
    fs::path folder;
    uint32_t attempt = 0;
    std::string container;
  };
  std::vector<Live> live;
  for (const auto& [task, runner] : table_.all()) {
    if (runner->pod().container.empty() || !runner->state().alive) continue;
    live.push_back({task_log_folder(pods_.place(), task), runner->state().attempt, runner->pod().container});
  }
  auto work = [live](cri::Client& client) {
    for (const Live& one : live) rotate(client, one.folder, one.attempt, one.container);
    return true;
  };
  (void)co_await pods_.runtime().call(Runtime::Lane::kChange, std::move(work));
}

io::Async<void> Caretaker::keep_clean() {
  while (!table_.adopted() || !table_.complete()) co_await pods_.runtime().loop().sleep_for(kCleanFirst);
  while (true) {
    co_await remove_leftovers();
    co_await remove_old_logs();
    co_await pods_.runtime().loop().sleep_for(kClean);
  }
}

io::Async<void> Caretaker::remove_leftovers() {
  // What is found first and not known afterwards is not about to be made.
  auto cgroups = pods_.cgroups().children(pods_.place().cgroup);
  auto found = co_await find_pods(pods_.runtime());
  if (!found) co_return;
  for (auto& [task, what] : *found) {
    cgroups.erase(task);
    if (table_.knows(task)) continue;
    log::warn("agent", "task {} is not this Node's any more: what is left of it is removed", task);
    auto removed = co_await pods_.remove(task, what.pod, SIGTERM, kLeftoverGrace);
    if (!removed) log::warn("agent", "task {}: {}", task, removed.error().message);
  }
  for (const std::string& task : cgroups) {
    if (table_.knows(task)) continue;
    auto clean = [parts = pods_.cgroups(), parent = task_cgroup(pods_.place(), task)] {
      return parts.remove(parent, 1s);
    };
    auto removed = co_await pods_.runtime().block(std::move(clean));
    if (!removed) log::warn("agent", "{}", removed.error().message);
  }
}

io::Async<void> Caretaker::remove_old_logs() {
  std::vector<fs::path> old;
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator it(pods_.place().log_folder, error), end; !error && it != end;
       it.increment(error)) {
    if (table_.knows(it->path().filename())) continue;
    std::error_code ignored;
    if (now - fs::last_write_time(it->path(), ignored) > kLogsKept) old.push_back(it->path());
  }
  auto remove = [old] {
    std::error_code ignored;
    for (const fs::path& folder : old) fs::remove_all(folder, ignored);
    return true;
  };
  (void)co_await pods_.runtime().block(std::move(remove));
}

}  // namespace hancock::agent
