#include "agent/task/endpoint_plan.h"

namespace hancock::agent {
namespace {

constexpr size_t kTasksPerTransaction = 60;  // each needs at most two compares and one operation

bool is_draining(const StoredEndpoint& stored) {
  const auto record = registry::decode<registry::Endpoint>(stored.text);
  return record && record->state == registry::EndpointState::kDraining;
}

bool is_same(const WantedEndpoint& wanted, const StoredEndpoint& stored) {
  const auto record = registry::decode<registry::Endpoint>(stored.text);
  return record && *record == wanted.endpoint;
}

}  // namespace

registry::Endpoint endpoint_of(const model::Assignment& assignment, const std::vector<PublishedPort>& ports,
                               const registry::NodeRecord& node, const std::string& address) {
  registry::Endpoint endpoint;
  endpoint.task = assignment.task();
  endpoint.node = node.node;
  endpoint.site = node.site;
  endpoint.tenant = assignment.tenant();
  endpoint.app = assignment.app();
  endpoint.service = assignment.service();
  endpoint.version = assignment.version();
  endpoint.address = address;
  for (const PublishedPort& port : ports) endpoint.ports[port.name] = port.host_port;
  endpoint.incarnation = node.incarnation;
  return endpoint;
}

bool is_registered(const WantedEndpoint& wanted, const StoredEndpoint* stored) {
  if (stored == nullptr || wanted.wish == EndpointWish::kAbsent) return false;
  return wanted.wish == EndpointWish::kKeep || is_same(wanted, *stored) || is_draining(*stored);
}

std::vector<store::Transaction> plan_endpoints(const registry::Keys& keys, const std::string& node,
                                               store::Revision node_revision,
                                               const std::map<std::string, WantedEndpoint>& wanted,
                                               const std::map<std::string, StoredEndpoint>& stored) {
  std::vector<store::Transaction> plan;
  const auto add = [&](const std::string& key, const StoredEndpoint* before, store::Operation operation) {
    if (plan.empty() || plan.back().operations.size() >= kTasksPerTransaction) {
      plan.emplace_back().compares.push_back(store::Compare::unchanged(keys.node(node), node_revision));
    }
    plan.back().compares.push_back(before == nullptr ? store::Compare::absent(key)
                                                     : store::Compare::unchanged(key, before->revision));
    plan.back().operations.push_back(std::move(operation));
  };
  for (const auto& [task, want] : wanted) {
    if (want.wish != EndpointWish::kReady) continue;
    const std::string key = keys.endpoint(node, task);
    const auto before = stored.find(task);
    if (before == stored.end()) {
      add(key, nullptr, store::Operation::put(key, registry::encode(want.endpoint)));
    } else if (!is_draining(before->second) && !is_same(want, before->second)) {
      add(key, &before->second,
          store::Operation::put(key, registry::encode(want.endpoint, before->second.text)));
    }
  }
  for (const auto& [task, before] : stored) {
    const auto want = wanted.find(task);
    if (want != wanted.end() && want->second.wish != EndpointWish::kAbsent) continue;
    const std::string key = keys.endpoint(node, task);
    add(key, &before, store::Operation::remove(key));
  }
  return plan;
}

}  // namespace hancock::agent
