#include "dev/member.h"

#include <signal.h>

#include <cerrno>
#include <charconv>

#include "base/file.h"
#include "base/process.h"
#include "dev/network.h"
#include "dev/process_state.h"
#include "dev/wait.h"

namespace hancock::dev {
namespace {

std::optional<pid_t> read_pid(const std::string& file) {
  const auto text = read_file(file, 64);
  pid_t pid = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), pid).ec != std::errc())
    return std::nullopt;
  return pid > 0 ? std::optional(pid) : std::nullopt;
}

void set_pid(ProcessEntry& entry, std::optional<pid_t> pid) {
  const auto state = pid ? process_state(*pid) : std::nullopt;
  entry.pid = state ? pid : std::nullopt;
  entry.start_ticks = state ? state->start_ticks : 0;
}

}  // namespace

Result<void> start_member(const Cluster& cluster, ProcessEntry& entry) {
  SpawnOptions options;
  options.argv = entry.argv;
  options.env = {cluster.marker()};
  options.directory = cluster.layout().data();
  options.log = entry.log;
  UniqueFd inside;
  if (!entry.ns.empty()) {
    auto opened = open_namespace(entry.ns);
    if (!opened) return forward_error(opened, entry.name);
    inside = std::move(*opened);
    options.network_namespace = inside.get();
  }
  auto process = Process::spawn(options);
  if (!process) return forward_error(process, entry.name);
  set_pid(entry, process->pid());
  return {};
}

Result<void> signal_member(const ProcessEntry& entry, int number) {
  if (!entry.pid || !is_running(*entry.pid, entry.start_ticks)) {
    return fail(ErrorCode::kNotFound, "{} does not run", entry.name);
  }
  if (::kill(*entry.pid, number) != 0) return tl::unexpected(errno_error(errno, entry.name));
  return {};
}

bool wait_for_end(const ProcessEntry& entry, TimePoint deadline) {
  return wait_until(deadline, [&] { return !entry.pid || !is_running(*entry.pid, entry.start_ticks); });
}

void refresh(ProcessTable& table) {
  for (ProcessEntry& entry : table.entries) {
    if (!entry.pid_file.empty()) {
      set_pid(entry, read_pid(entry.pid_file));
    } else if (entry.pid && !is_running(*entry.pid, entry.start_ticks)) {
      set_pid(entry, std::nullopt);
    }
  }
}

}  // namespace hancock::dev
