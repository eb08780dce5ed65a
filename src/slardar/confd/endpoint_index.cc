#include "slardar/confd/endpoint_index.h"

namespace hancock::slardar {

void EndpointIndex::update(const RecordSet& records, const std::string& key, Services& concerned) {
  if (const auto before = known_.find(key); before != known_.end()) {
    const Known& known = before->second;
    concerned.insert(known.service);
    by_task_.erase({known.task, key});
    const auto service = by_service_.find(known.service);
    service->second.erase(key);
    if (service->second.empty()) by_service_.erase(service);
    known_.erase(before);
  }
  const auto found = records.endpoints().find(key);
  if (found == records.endpoints().end()) return;
  const registry::Endpoint& endpoint = found->second.record;
  std::string service = records.keys().route(endpoint.tenant, endpoint.app, endpoint.service);
  concerned.insert(service);
  by_task_.emplace(endpoint.task, key);
  by_service_[service].emplace(key, &endpoint);
  known_[key] = {std::move(service), endpoint.task};
}

void EndpointIndex::add_of_node(const RecordSet& records, const std::string& node_key,
                                Services& concerned) const {
  const std::string node = node_key.substr(records.keys().nodes().size());
  const std::string prefix = records.keys().endpoints() + node + "/";
  for (auto it = known_.lower_bound(prefix); it != known_.end() && it->first.starts_with(prefix); ++it)
    concerned.insert(it->second.service);
}

void EndpointIndex::add_of_task(const std::string& task, Services& concerned) const {
  for (auto it = by_task_.lower_bound({task, ""}); it != by_task_.end() && it->first == task; ++it)
    concerned.insert(known_.at(it->second).service);
}

const EndpointIndex::ByKey& EndpointIndex::of(const std::string& service) const {
  static const ByKey kNone;
  const auto found = by_service_.find(service);
  return found == by_service_.end() ? kNone : found->second;
}

}  // namespace hancock::slardar
