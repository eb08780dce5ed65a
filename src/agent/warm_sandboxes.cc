#include "agent/warm_sandboxes.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kFill = 1s;  // whether there are enough
constexpr Duration kFillAfterFailure = 30s;
constexpr const char* kOwner = "hancock";  // nobody's yet

/// Calls `work`, which says whether it could, where `names` are. On a thread of its own, for the namespace is
/// a thread's.
template <class Work>
Result<void> among(const UniqueFd& names, const char* what, Work work) {
  Result<void> done;
  std::thread([&] {
    if (::setns(names.get(), CLONE_NEWUTS) != 0 || !work()) done = tl::unexpected(errno_error(errno, what));
  }).join();
  return done;
}

Result<void> set_host_name(const UniqueFd& names, const std::string& name) {
  return among(names, "set a sandbox's host name",
               [&] { return ::sethostname(name.data(), name.size()) == 0; });
}

Result<std::string> read_host_name(const UniqueFd& names) {
  std::array<char, HOST_NAME_MAX + 1> name{};
  auto read = among(names, "read a sandbox's host name",
                    [&] { return ::gethostname(name.data(), name.size()) == 0; });
  if (!read) return forward_error(read);
  return std::string(name.data());
}

cri::SandboxSpec spec_of(const NodePlace& place, Random& random) {
  const std::string name = "warm-" + random.id(12);
  return {.name = name,
          .uid = place.node + "/" + name,
          .owner = kOwner,
          .cgroup_parent = place.cgroup,
          .labels = {{kNodeLabel, place.node}}};
}

struct FoundSandbox {
  cri::SandboxStatus status;
  int pid = 0;
};

Result<FoundSandbox> look_up(cri::Client& client, const std::string& id) {
  auto status = client.sandbox(id);
  if (!status) return forward_error(status);
  auto pid = client.sandbox_process(id);
  if (!pid) return forward_error(pid);
  return FoundSandbox{std::move(*status), *pid};
}

}  // namespace

std::optional<WarmSandbox> WarmSandboxes::take(const std::string& host_name) {
  while (!ready_.empty()) {
    const Ready next = std::move(ready_.front());
    ready_.pop_front();
    if (next.process->has_ended()) continue;
    if (auto named = set_host_name(next.names, host_name); !named) {
      log::warn("agent", "{}", named.error().message);
      continue;
    }
    return next.sandbox;
  }
  return std::nullopt;
}

bool WarmSandboxes::owns(const std::string& sandbox) const {
  return std::ranges::any_of(ready_, [&](const Ready& ready) { return ready.sandbox.id == sandbox; });
}

Result<void> WarmSandboxes::add(const cri::SandboxStatus& status, int pid) {
  if (!status.ready || status.address.empty())
    return fail(ErrorCode::kConflict, "sandbox {} is not ready", status.id);
  auto process = ProcessWatch::open(runtime_.loop(), pid, place_.cgroup);
  if (!process) return forward_error(process);
  UniqueFd names(::open(fmt::format("/proc/{}/ns/uts", pid).c_str(), O_RDONLY | O_CLOEXEC));
  // Only while it lives is the number, and with it what was opened, its own.
  if (!names || (*process)->has_ended()) return fail(ErrorCode::kConflict, "sandbox {} has ended", status.id);
  // Who takes one gives it a name first. The kernel remembers that whatever could not be written down.
  auto name = read_host_name(names);
  if (!name) return forward_error(name);
  if (*name != status.name) return fail(ErrorCode::kConflict, "sandbox {} was {}'s", status.id, *name);
  ready_.push_back({{status.id, status.address}, std::move(*process), std::move(names)});
  return {};
}

io::Async<void> WarmSandboxes::adopt(std::vector<std::string> ids) {
  for (const std::string& id : ids) {
    if (ready_.size() >= wanted_) co_return;
    auto ask = [id](cri::Client& client) { return look_up(client, id); };
    auto found = co_await runtime_.call(Runtime::Lane::kChange, std::move(ask));
    if (!found) continue;
    auto added = add(found->status, found->pid);
    if (!added) log::info("agent", "a sandbox is left to be removed: {}", added.error().message);
  }
}

io::Async<void> WarmSandboxes::run(std::function<bool()> rests) {
  if (wanted_ == 0) co_return;
  while (true) {
    co_await runtime_.loop().sleep_for(kFill);
    std::erase_if(ready_, [](const Ready& ready) { return ready.process->has_ended(); });
    if (ready_.size() >= wanted_ || !rests()) continue;
    auto made = co_await make();
    if (made) continue;
    log::warn("agent", "no sandbox is made ahead: {}", made.error().message);
    co_await runtime_.loop().sleep_for(kFillAfterFailure);
  }
}

io::Async<Result<void>> WarmSandboxes::make() {
  auto work = [spec = spec_of(place_, random_)](cri::Client& client) -> Result<FoundSandbox> {
    auto id = client.run_sandbox(spec);
    if (!id) return forward_error(id);
    return look_up(client, *id);
  };
  auto found = co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
  if (!found) co_return forward_error(found);
  co_return add(found->status, found->pid);
}

}  // namespace hancock::agent
