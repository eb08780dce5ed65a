#include "dev/session.h"

#include "dev/member.h"
#include "dev/wait.h"

namespace hancock::dev {
namespace {

constexpr Duration kLockPatience = 60s;
constexpr Duration kChildPatience = 10s;

}  // namespace

Result<Session> Session::open(const std::filesystem::path& dir) {
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

Result<ProcessEntry*> Session::find(const std::string& name) {
  if (ProcessEntry* entry = table_.find(name)) return entry;
  std::string names;
  for (const ProcessEntry& entry : table_.entries) names += " " + entry.name;
  return fail(ErrorCode::kNotFound, "{}: no such process; there are:{}", name, names);
}

Result<void> Session::save() {
  refresh(table_);
  return save_process_table(cluster_.layout(), table_);
}

void Session::await_children_of(const std::string& name) {
  const std::string folder = cluster_.layout().data(name);
  wait_until(BootClock::now() + kChildPatience, [&] {
    refresh(table_);
    for (const ProcessEntry& entry : table_.entries) {
      if (entry.pid_file.starts_with(folder + "/") && !entry.pid) return false;
    }
    return true;
  });
}

}  // namespace hancock::dev
