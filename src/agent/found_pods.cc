#include "agent/found_pods.h"

#include <algorithm>

namespace hancock::agent {
namespace {

/// What bears one Task's label, and the sandboxes that its containers live in.
struct Parts {
  std::vector<cri::SandboxStatus> sandboxes;
  std::vector<cri::Container> containers;
};

struct Everything {
  std::map<std::string, Parts> tasks;
  std::map<std::string, cri::SandboxStatus> unclaimed;
};

Result<Everything> list(cri::Client& client, const std::string& node) {
  Everything result;
  auto sandboxes = client.sandboxes({{kNodeLabel, node}});
  if (!sandboxes) return forward_error(sandboxes);
  for (cri::SandboxStatus& sandbox : *sandboxes) {
    const auto task = sandbox.labels.find(kTaskLabel);
    if (task != sandbox.labels.end()) {
      result.tasks[task->second].sandboxes.push_back(std::move(sandbox));
    } else {
      result.unclaimed.emplace(sandbox.id, std::move(sandbox));
    }
  }
  auto containers = client.containers({{kNodeLabel, node}});
  if (!containers) return forward_error(containers);
  for (cri::Container& container : *containers) {
    const auto task = container.labels.find(kTaskLabel);
    if (task == container.labels.end()) continue;
    Parts& parts = result.tasks[task->second];
    if (auto taken = result.unclaimed.extract(container.sandbox)) {
      parts.sandboxes.push_back(std::move(taken.mapped()));
    }
    parts.containers.push_back(std::move(container));
  }
  return result;
}

/// Running ones first, the newest first.
void sort(std::vector<cri::Container>& containers) {
  std::sort(containers.begin(), containers.end(), [](const cri::Container& a, const cri::Container& b) {
    const auto key = [](const cri::Container& container) {
      return std::pair(container.state == cri::ContainerState::kRunning, container.attempt);
    };
    return key(a) > key(b);
  });
}

/// The container that runs, or the newest one that ever did.
Result<void> add_container(cri::Client& client, std::vector<cri::Container>& containers, FoundTask& found) {
  sort(containers);
  for (const cri::Container& container : containers) {
    auto status = client.container(container.id);
    if (!status && status.error().code == ErrorCode::kNotFound) continue;
    if (!status) return forward_error(status);
    if (status->started_at_ns == 0) continue;
    found.pod.container = container.id;
    found.pod.sandbox = container.sandbox;
    found.pod.pid = status->pid;
    found.pod.started_at = to_wall(status->started_at_ns);
    found.pod.ports = ports_of(container.annotations);
    found.owner = owner_in(container.labels);
    found.attempt = container.attempt;
    found.runs = status->state == cri::ContainerState::kRunning;
    return {};
  }
  return {};
}

/// The container's sandbox, else one that is ready, else any.
const cri::SandboxStatus* choose(const std::vector<cri::SandboxStatus>& sandboxes,
                                 const std::string& wanted) {
  const cri::SandboxStatus* chosen = nullptr;
  for (const cri::SandboxStatus& sandbox : sandboxes) {
    if (sandbox.id == wanted) return &sandbox;
    if (chosen == nullptr || (sandbox.ready && !chosen->ready)) chosen = &sandbox;
  }
  return chosen;
}

Result<void> add_sandbox(cri::Client& client, const std::vector<cri::SandboxStatus>& sandboxes,
                         FoundTask& found) {
  const cri::SandboxStatus* const sandbox = choose(sandboxes, found.pod.sandbox);
  if (sandbox == nullptr) return {};
  found.pod.sandbox = sandbox->id;
  for (const cri::SandboxStatus& one : sandboxes) {
    found.pod.sandboxes = std::max(found.pod.sandboxes, one.attempt + 1);
  }
  if (found.pod.container.empty()) found.owner = owner_in(sandbox->labels);
  if (!sandbox->ready && !found.runs) return {};
  auto status = client.sandbox(sandbox->id);
  if (!status && status.error().code != ErrorCode::kNotFound) return forward_error(status);
  if (status) found.pod.address = status->address;
  return {};
}

Result<FoundPods> find(cri::Client& client, const std::string& node) {
  auto everything = list(client, node);
  if (!everything) return forward_error(everything);
  FoundPods result;
  for (const auto& [id, sandbox] : everything->unclaimed) result.unclaimed.push_back(id);
  for (auto& [task, part] : everything->tasks) {
    FoundTask& found = result.tasks[task];
    if (auto added = add_container(client, part.containers, found); !added) return forward_error(added);
    if (auto added = add_sandbox(client, part.sandboxes, found); !added) return forward_error(added);
  }
  return result;
}

}  // namespace

io::Async<Result<FoundPods>> find_pods(Runtime& runtime, std::string node) {
  auto work = [node = std::move(node)](cri::Client& client) { return find(client, node); };
  co_return co_await runtime.call(Runtime::Lane::kChange, std::move(work));
}

}  // namespace hancock::agent
