#include "dev/control.h"

#include <fmt/core.h>
#include <signal.h>
#include <string.h>

#include <charconv>

#include "dev/cluster.h"
#include "dev/folder_lock.h"
#include "dev/member.h"
#include "dev/process_table.h"
#include "dev/wait.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLockPatience = 60s;
constexpr Duration kKillPatience = 10s;

// A cluster that is up, its lock and its table; saves the table when done.
class Session {
 public:
  static Result<Session> open(const fs::path& dir) {
    auto cluster = load_cluster(dir);
    if (!cluster) return forward_error(cluster);
    if (!*cluster) return fail(ErrorCode::kNotFound, "{} holds no cluster", dir.string());
    auto lock = FolderLock::acquire((*cluster)->layout().lock(), BootClock::now() + kLockPatience);
    if (!lock) return forward_error(lock);
    auto table = load_process_table((*cluster)->layout());
    if (!table) return forward_error(table);
    refresh(*table);
    return Session(std::move(**cluster), std::move(*lock), std::move(*table));
  }

  const Cluster& cluster() const { return cluster_; }

  Result<ProcessEntry*> find(const std::string& name) {
    if (ProcessEntry* entry = table_.find(name)) return entry;
    std::string names;
    for (const ProcessEntry& entry : table_.entries) names += " " + entry.name;
    return fail(ErrorCode::kNotFound, "{}: no such process; there are:{}", name, names);
  }

  Result<void> save() {
    refresh(table_);
    return save_process_table(cluster_.layout(), table_);
  }

  /// A Master starts its etcd a moment later than itself.
  void await_children_of(const std::string& name) {
    const std::string folder = cluster_.layout().data(name);
    wait_until(BootClock::now() + kKillPatience, [&] {
      refresh(table_);
      for (const ProcessEntry& entry : table_.entries) {
        if (entry.pid_file.starts_with(folder + "/") && !entry.pid) return false;
      }
      return true;
    });
  }

 private:
  Session(Cluster cluster, FolderLock lock, ProcessTable table)
      : cluster_(std::move(cluster)), lock_(std::move(lock)), table_(std::move(table)) {}
  Cluster cluster_;
  FolderLock lock_;
  ProcessTable table_;
};

}  // namespace

Result<void> start(const fs::path& dir, const std::string& name) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  auto entry = session->find(name);
  if (!entry) return forward_error(entry);
  if (!(*entry)->pid_file.empty()) return fail(ErrorCode::kInvalid, "{}: its Master starts it", name);
  if ((*entry)->pid)
    return fail(ErrorCode::kConflict, "{} runs already, as process {}", name, *(*entry)->pid);
  if (auto started = start_member(session->cluster(), **entry); !started) return started;
  if ((*entry)->role == "master") session->await_children_of(name);
  return session->save();
}

Result<void> stop(const fs::path& dir, const std::string& name, Duration patience) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  auto entry = session->find(name);
  if (!entry) return forward_error(entry);
  const ProcessEntry stopped = **entry;
  if (auto asked = signal_member(stopped, SIGTERM); !asked) return asked;
  if (!wait_for_end(stopped, BootClock::now() + patience)) {
    if (auto killed = signal_member(stopped, SIGKILL);
        !killed && killed.error().code != ErrorCode::kNotFound) {
      return killed;
    }
    if (!wait_for_end(stopped, BootClock::now() + kKillPatience)) {
      return fail(ErrorCode::kTimeout, "{} (process {}) does not end", name, *stopped.pid);
    }
  }
  return session->save();
}

Result<void> kill(const fs::path& dir, const std::string& name, int signal) {
  auto session = Session::open(dir);
  if (!session) return forward_error(session);
  auto entry = session->find(name);
  if (!entry) return forward_error(entry);
  const ProcessEntry target = **entry;
  if (auto sent = signal_member(target, signal); !sent) return sent;
  if (signal == SIGKILL && !wait_for_end(target, BootClock::now() + kKillPatience)) {
    return fail(ErrorCode::kTimeout, "{} (process {}) does not end", name, *target.pid);
  }
  return session->save();
}

Result<int> parse_signal(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number > 0 && number < NSIG) return number;
  const std::string name = text.starts_with("SIG") ? text.substr(3) : text;
  for (number = 1; number < NSIG; ++number) {
    const char* known = sigabbrev_np(number);
    if (known != nullptr && name == known) return number;
  }
  return fail(ErrorCode::kInvalid, "--signal: {}: a name such as KILL, TERM, STOP, CONT, HUP, or a number",
              text);
}

Result<std::string> image(const fs::path& dir, const fs::path& folder, const std::string& name_and_tag,
                          const ImageSettings& settings) {
  if (auto ok = check_image_name(name_and_tag); !ok) return forward_error(ok);
  auto cluster = load_cluster(dir);
  if (!cluster) return forward_error(cluster);
  if (!*cluster) return fail(ErrorCode::kNotFound, "{} holds no cluster", dir.string());
  const std::string reference = fmt::format("{}/{}", (*cluster)->images_address(), name_and_tag);
  auto digest = push_image(folder, settings, reference, (*cluster)->layout().data());
  if (!digest) return forward_error(digest);
  return fmt::format("{}@{}", reference, *digest);
}

}  // namespace hancock::dev
