#include "dev/up.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <filesystem>
#include <map>

#include "base/process.h"
#include "dev/bring_up.h"
#include "dev/cgroups.h"
#include "dev/claim.h"
#include "dev/down.h"
#include "dev/folder_lock.h"
#include "dev/host_probe.h"
#include "dev/member.h"
#include "dev/process_state.h"
#include "dev/process_table.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

Result<void> check_host(const UpOptions& options) {
  const auto missing = missing_on_host(options.shape, cgroup_trees());
  if (missing.empty()) return {};
  return fail(ErrorCode::kUnavailable, "this machine lacks:\n  {}", fmt::join(missing, "\n  "));
}

Result<FolderLock> lock_folder(const fs::path& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return tl::unexpected(errno_error(error.value(), dir.string()));
  return FolderLock::acquire(Layout(dir).lock(), BootClock::now());
}

Result<void> refuse_live(const Cluster& cluster) {
  const auto running = processes_with(cluster.marker());
  if (running.empty()) return {};
  return fail(ErrorCode::kConflict,
              "{} holds a live cluster ({} processes): `hancock dev down --dir {}` ends it",
              cluster.dir.string(), running.size(), cluster.dir.string());
}

// Nothing of an earlier cluster may be there, and nothing of somebody else's where ours will be.
Result<void> clear_folder(const UpOptions& options) {
  auto earlier = find_cluster(options.dir);
  if (!earlier) return forward_error(earlier);
  if (*earlier) {
    if (auto ok = refuse_live(**earlier); !ok) return ok;
    options.report("removing what is left of an earlier cluster");
    const auto left = take_down(**earlier, Logs::kKeep);
    if (!left.empty()) return fail(ErrorCode::kUnavailable, "still left:\n  {}", fmt::join(left, "\n  "));
  }
  const Layout layout(options.dir);
  std::error_code ignored;
  for (const fs::path& path : {layout.data(), layout.env(), layout.processes()}) {
    if (fs::exists(path, ignored)) {
      return fail(ErrorCode::kConflict, "{} exists and belongs to no cluster", path.string());
    }
  }
  return {};
}

Result<Cluster> claim(const UpOptions& options) {
  auto index = Claims().take(options.dir);
  if (!index) return forward_error(index);
  Cluster cluster;
  cluster.dir = options.dir;
  cluster.index = *index;
  cluster.shape = options.shape;
  if (auto saved = save_cluster(cluster); !saved) return forward_error(saved);
  return cluster;
}

// What failed half-way goes again; its logs stay to be read, unless somebody just changed their mind.
Result<void> abandon(const Cluster& cluster, Result<void> why,
                     const std::function<void(const std::string&)>& report) {
  const bool interrupted = why.error().code == ErrorCode::kCancelled;
  for (const std::string& line : take_down(cluster, interrupted ? Logs::kRemove : Logs::kKeep)) {
    report("left: " + line);
  }
  std::error_code ignored;
  fs::remove(cluster.layout().lock(), ignored);
  fs::remove(cluster.dir, ignored);  // when empty
  if (!interrupted) why.error().message += fmt::format("\nlogs: {}", cluster.layout().logs().string());
  return why;
}

}  // namespace

Result<Cluster> up(const UpOptions& options, Interrupt& interrupt) {
  if (auto ok = check(options.shape); !ok) return forward_error(ok);
  if (auto ok = check_host(options); !ok) return forward_error(ok);
  auto programs = find_own_programs(options.shape);
  if (!programs) return forward_error(programs);
  const auto lock = lock_folder(options.dir);
  if (!lock) return tl::unexpected(lock.error());
  if (auto ok = clear_folder(options); !ok) return forward_error(ok);
  auto cluster = claim(options);
  if (!cluster) return cluster;

  std::error_code ignored;
  fs::create_directories(cluster->layout().data(), ignored);
  Result<void> done = options.shape.nodes > 0 ? probe_overlay(cluster->layout().data()) : Result<void>();
  if (done) {
    BringUp steps(*cluster, *programs, BootClock::now() + options.timeout, interrupt, options.report);
    done = steps.run();
  }
  if (done) return cluster;
  done = abandon(*cluster, std::move(done), options.report);
  return forward_error(done);
}

namespace {

// Who is who among the processes; kept when one ends and leaves the table.
class Names {
 public:
  explicit Names(const Cluster& cluster) : layout_(cluster.layout()) {}

  void renew() {
    const auto table = load_process_table(layout_);
    if (!table) return;
    for (const ProcessEntry& entry : table->entries) {
      if (entry.pid) names_[*entry.pid] = entry.name;
    }
  }
  std::string of(pid_t pid) const {
    const auto name = names_.find(pid);
    return name == names_.end() ? fmt::format("process {}", pid) : name->second;
  }

 private:
  Layout layout_;
  std::map<pid_t, std::string> names_;
};

void report_ended(const Names& names, const std::function<void(const std::string&)>& report) {
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    ExitStatus how;
    if (WIFEXITED(status)) how.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) how.signal = WTERMSIG(status);
    report(fmt::format("{} ended: {}", names.of(pid), how.describe()));
  }
}

}  // namespace

void stay(const Cluster& cluster, Interrupt& interrupt,
          const std::function<void(const std::string&)>& report) {
  Names names(cluster);
  std::error_code ignored;
  names.renew();
  do {
    report_ended(names, report);
    names.renew();
  } while (!interrupt.wait(BootClock::now() + 1s) && fs::exists(cluster.layout().cluster(), ignored));
}

}  // namespace hancock::dev
