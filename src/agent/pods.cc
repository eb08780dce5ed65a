#include "agent/pods.h"

#include <set>

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kCgroupTimeout = 2s;

/// A container of this number that was started although nobody heard of it. Others are removed.
Result<std::optional<cri::ContainerStatus>> find_or_clear(cri::Client& client, const cri::Labels& labels,
                                                          const std::string& sandbox, uint32_t attempt) {
  auto containers = client.containers(labels);
  if (!containers) return forward_error(containers);
  std::optional<cri::ContainerStatus> found;
  for (const cri::Container& container : *containers) {
    if (container.sandbox == sandbox && container.attempt == attempt) {
      auto status = client.container(container.id);
      if (!status && status.error().code != ErrorCode::kNotFound) return forward_error(status);
      if (status && status->started_at_ns != 0) {
        found = *status;
        continue;
      }
    }
    if (auto removed = client.remove_container(container.id); !removed) return forward_error(removed);
  }
  return found;
}

/// One try in a sandbox that is ready. Leaves no container behind when it fails.
Result<cri::ContainerStatus> run_container(cri::Client& client, const std::string& sandbox,
                                           const cri::ContainerSpec& spec,
                                           const cri::SandboxSpec& surroundings, const cri::Labels& labels) {
  auto before = find_or_clear(client, labels, sandbox, spec.attempt);
  if (!before) return forward_error(before);
  if (*before) return std::move(**before);
  auto id = client.create_container(sandbox, spec, surroundings);
  if (!id) return forward_error(id);
  auto started = client.start_container(*id);
  if (!started) {
    (void)client.remove_container(*id);
    return forward_error(started);
  }
  auto status = client.container(*id);
  if (status) return status;
  cri::ContainerStatus unseen;  // who watches it asks again
  unseen.id = *id;
  return unseen;
}

/// What bears these labels, with the sandboxes that it lives in, and `ids`.
Result<void> remove_all(cri::Client& client, const cri::Labels& labels, std::set<std::string> ids) {
  auto containers = client.containers(labels);
  if (!containers) return forward_error(containers);
  for (const cri::Container& container : *containers) {
    ids.insert(container.sandbox);
    if (auto stopped = client.stop_container(container.id, 0s); !stopped) return stopped;
    if (auto removed = client.remove_container(container.id); !removed) return removed;
  }
  auto sandboxes = client.sandboxes(labels);
  if (!sandboxes) return forward_error(sandboxes);
  for (const cri::SandboxStatus& sandbox : *sandboxes) ids.insert(sandbox.id);
  for (const std::string& id : ids) {
    if (auto removed = client.remove_sandbox(id); !removed) return removed;
  }
  return {};
}

}  // namespace

std::optional<WallTime> to_wall(int64_t ns) {
  if (ns == 0) return std::nullopt;
  return WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(Duration(ns)));
}

Result<void> Pods::take_ports(const model::Assignment& assignment, Pod& pod) {
  if (!pod.ports.empty()) return {};
  auto taken =
      network_.take_ports(model::service_of(assignment), assignment.task(), ports_of(assignment.spec()));
  if (!taken) return forward_error(taken);
  pod.ports = std::move(*taken);
  return {};
}

io::Async<Result<void>> Pods::prepare(const model::Assignment& assignment, Pod& pod) {
  auto sandbox = co_await ensure_sandbox(assignment, pod);
  if (!sandbox) co_return sandbox;
  auto published = co_await network_.publish(assignment.task(), pod.address, pod.ports);
  if (!published) co_return forward_error(published, "its ports cannot be published");
  co_return Result<void>();
}

io::Async<Result<void>> Pods::run(const model::Assignment& assignment, uint32_t attempt, std::string image_id,
                                  Pod& pod) {
  pod.process.reset();
  pod.ended.reset();
  auto work =
      [sandbox_id = pod.sandbox, cgroups = cgroups_,
       spec = container_spec(place_, assignment, attempt, pod.ports, image_id),
       surroundings = sandbox_spec(place_, assignment, 0), labels = labels_of_task(place_, assignment.task()),
       pids = assignment.spec().resources().pids()](cri::Client& client) -> Result<cri::ContainerStatus> {
    // A sandbox of its own has its pause process in the Task's cgroup; one that was made ahead has not.
    const bool has_pause = cgroups.children(surroundings.cgroup_parent).contains(sandbox_id);
    auto prepared = cgroups.prepare(surroundings.cgroup_parent, pids == 0 ? 0 : pids + has_pause);
    if (!prepared) return forward_error(prepared);
    return run_container(client, sandbox_id, spec, surroundings, labels);
  };
  auto status = co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
  if (!status) co_return forward_error(status);
  pod.container = status->id;
  pod.pid = status->pid;
  pod.started_at = to_wall(status->started_at_ns);
  pod.process = watch(assignment.task(), pod.pid).value_or(nullptr);
  co_return Result<void>();
}

Result<std::shared_ptr<ProcessWatch>> Pods::watch(const std::string& task, int pid) {
  return ProcessWatch::open(runtime_.loop(), pid, task_cgroup(place_, task));
}

io::Async<Result<void>> Pods::publish_again(const std::string& task, const Pod& pod) {
  if (pod.address.empty()) co_return co_await network_.withdraw(task);
  co_return co_await network_.publish(task, pod.address, pod.ports);
}

/// The sandbox of an earlier container is used again: the Task keeps its address.
io::Async<Result<void>> Pods::ensure_sandbox(const model::Assignment& assignment, Pod& pod) {
  if (!pod.sandbox.empty()) {
    auto ask = [id = pod.sandbox](cri::Client& client) { return client.sandbox(id); };
    auto status = co_await runtime_.call(Runtime::Lane::kChange, std::move(ask));
    if (status && status->ready && status->address == pod.address) co_return Result<void>();
    if (!status && status.error().code != ErrorCode::kNotFound) co_return forward_error(status);
  }
  const bool is_first = pod.sandbox.empty() && pod.sandboxes == 0 && pod.address.empty();
  if (is_first) co_return co_await make_sandbox(assignment, pod);
  auto withdrawn = co_await withdraw(assignment.task(), pod);  // what an earlier sandbox had
  if (!withdrawn) co_return withdrawn;
  auto removed = co_await remove_sandboxes(assignment.task(), pod.sandbox);
  if (!removed) co_return removed;
  pod.sandbox.clear();
  co_return co_await make_sandbox(assignment, pod);
}

io::Async<Result<void>> Pods::make_sandbox(const model::Assignment& assignment, Pod& pod) {
  if (auto warm = warm_.take(assignment.task())) {
    pod.sandbox = std::move(warm->id);
    pod.address = std::move(warm->address);
    co_return Result<void>();
  }
  // Each with a number of its own: the name of one that is still being made, or removed, is taken.
  auto work = [spec = sandbox_spec(place_, assignment, pod.sandboxes++)](
                  cri::Client& client) -> Result<cri::SandboxStatus> {
    auto id = client.run_sandbox(spec);
    if (!id) return forward_error(id);
    return client.sandbox(*id);
  };
  auto status = co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
  if (!status) co_return forward_error(status);
  if (status->address.empty()) {
    co_return fail(ErrorCode::kInternal, "the network gave the sandbox no address");
  }
  pod.sandbox = status->id;
  pod.address = status->address;
  co_return Result<void>();
}

io::Async<Result<void>> Pods::remove_sandboxes(std::string task, std::string sandbox) {
  std::set<std::string> ids;
  if (!sandbox.empty()) ids.insert(std::move(sandbox));
  auto work = [labels = labels_of_task(place_, task), ids = std::move(ids)](cri::Client& client) {
    return remove_all(client, labels, ids);
  };
  co_return co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
}

io::Async<Result<void>> Pods::withdraw(const std::string& task, Pod& pod) {
  auto withdrawn = co_await network_.withdraw(task);
  if (!withdrawn) co_return forward_error(withdrawn, "its ports cannot be withdrawn");
  pod.address.clear();
  co_return Result<void>();
}

io::Async<Result<void>> Pods::stop(std::string task, Pod& pod, int signal, Duration grace) {
  if (pod.container.empty()) co_return Result<void>();
  // Not by the runtime's own stop: that sends the image's signal, whatever the spec says, and blocks a
  // thread.
  const Duration left = co_await signal_and_wait(std::move(task), pod, signal, grace);
  auto work = [id = pod.container, left](cri::Client& client) -> Result<cri::ContainerStatus> {
    if (auto stopped = client.stop_container(id, left); !stopped) return forward_error(stopped);
    return client.container(id);
  };
  auto stopped = co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
  if (stopped) {
    pod.ended = *stopped;
  } else if (stopped.error().code != ErrorCode::kNotFound) {
    co_return forward_error(stopped);
  }
  pod.container.clear();
  pod.pid = 0;
  pod.process.reset();
  co_return Result<void>();
}

/// What is left of `grace` for the runtime: all of it when the process cannot be signalled by us.
io::Async<Duration> Pods::signal_and_wait(std::string task, Pod& pod, int signal, Duration grace) {
  std::shared_ptr<ProcessWatch> process = pod.process;
  if (!process) {
    auto status = co_await status_of(pod.container);
    if (!status || status->state != cri::ContainerState::kRunning) co_return 0s;
    auto opened = watch(task, status->pid);
    if (!opened) co_return opened.error().code == ErrorCode::kNotFound ? 0s : grace;
    process = pod.process = std::move(*opened);  // the pod keeps it beyond the moment in which it ends
  }
  if (!process->send_signal(signal)) co_return 0s;
  (void)co_await process->ended(runtime_.loop().now() + grace);
  co_return 0s;
}

io::Async<Result<void>> Pods::remove(std::string task, Pod& pod, int signal, Duration grace) {
  auto stopped = co_await stop(task, pod, signal, grace);
  if (!stopped) co_return stopped;
  auto withdrawn = co_await withdraw(task, pod);
  if (!withdrawn) co_return withdrawn;
  auto removed = co_await remove_sandboxes(task, pod.sandbox);
  if (!removed) co_return removed;
  auto clean = [cgroups = cgroups_, parent = task_cgroup(place_, task)] {
    return cgroups.remove(parent, kCgroupTimeout);
  };
  auto cleaned = co_await runtime_.block(std::move(clean));
  if (!cleaned) co_return cleaned;
  network_.give_ports_back(task, pod.ports);
  pod.sandbox.clear();
  pod.ports.clear();
  co_return Result<void>();
}

io::Async<Result<cri::ContainerStatus>> Pods::status_of(std::string container) {
  auto work = [id = std::move(container)](cri::Client& client) { return client.container(id); };
  co_return co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
}

}  // namespace hancock::agent
