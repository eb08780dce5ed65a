#include "agent/found_pods.h"

#include <algorithm>

namespace hancock::agent {
namespace {

using Found = std::map<std::string, FoundTask>;

Result<void> add_sandboxes(cri::Client& client, Found& found) {
  auto sandboxes = client.sandboxes({});
  if (!sandboxes) return forward_error(sandboxes);
  for (const cri::SandboxStatus& sandbox : *sandboxes) {
    const auto task = sandbox.labels.find(kTaskLabel);
    if (task == sandbox.labels.end()) continue;
    FoundTask& entry = found[task->second];
    if (!entry.pod.sandbox.empty() && !sandbox.ready) continue;  // a dead one beside another
    entry.pod.sandbox = sandbox.id;
    entry.pod.ports = ports_of(sandbox.annotations);
    if (!sandbox.ready) continue;
    const auto status = client.sandbox(sandbox.id);
    if (status) entry.pod.address = status->address;
  }
  return {};
}

Result<void> add_containers(cri::Client& client, Found& found) {
  auto containers = client.containers({});
  if (!containers) return forward_error(containers);
  for (const cri::Container& container : *containers) {
    const auto task = container.labels.find(kTaskLabel);
    if (task == container.labels.end()) continue;
    const auto entry = found.find(task->second);
    if (entry == found.end()) continue;
    entry->second.attempt = std::max(entry->second.attempt, container.attempt);
    Pod& pod = entry->second.pod;
    if (container.state != cri::ContainerState::kRunning || container.sandbox != pod.sandbox) continue;
    const auto status = client.container(container.id);
    if (!status || status->state != cri::ContainerState::kRunning) continue;
    pod.container = container.id;
    pod.pid = status->pid;
  }
  return {};
}

Result<Found> find(cri::Client& client) {
  Found found;
  if (auto added = add_sandboxes(client, found); !added) return forward_error(added);
  if (auto added = add_containers(client, found); !added) return forward_error(added);
  return found;
}

}  // namespace

io::Async<Result<Found>> find_pods(Runtime& runtime) {
  co_return co_await runtime.call(Runtime::Lane::kChange, find);
}

}  // namespace hancock::agent
