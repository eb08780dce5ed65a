// Records for tests: the shortest ones that say what a test is about.
#pragma once

#include <string>

#include "registry/keys.h"
#include "registry/records.h"

namespace hancock::slardar::testing {

/// A route of default/shop/<service>, serving Version 1 on port "http". Nothing comes to its peers but
/// visitors.
inline registry::Route route_of(const std::string& service, std::vector<std::string> hosts,
                                int64_t generation = 1) {
  registry::Route route;
  route.tenant = "default";
  route.app = "shop";
  route.service = service;
  route.generation = generation;
  route.split = {{1, 1}};
  route.health.enable = false;
  registry::Entrance entrance;
  entrance.hosts = std::move(hosts);
  entrance.port = "http";
  route.entrances.push_back(std::move(entrance));
  return route;
}

inline registry::Route tcp_route_of(const std::string& service, uint16_t port, int64_t generation = 1) {
  registry::Route route = route_of(service, {}, generation);
  route.entrances[0].tcp = port;
  return route;
}

/// A ready Task of default/shop/<service> on node-1.
inline registry::Endpoint endpoint_of(const std::string& service, const std::string& task, uint16_t port,
                                      uint32_t version = 1) {
  registry::Endpoint endpoint;
  endpoint.task = task;
  endpoint.node = "node-1";
  endpoint.site = "site-1";
  endpoint.tenant = "default";
  endpoint.app = "shop";
  endpoint.service = service;
  endpoint.version = version;
  endpoint.address = "127.0.0.1";
  endpoint.ports = {{"http", port}};
  return endpoint;
}

inline std::string key_of(const registry::Route& route) {
  return registry::Keys().route(route.tenant, route.app, route.service);
}
inline std::string key_of(const registry::Endpoint& endpoint) {
  return registry::Keys().endpoint(endpoint.node, endpoint.task);
}

inline registry::Barrier barrier_of(const std::string& id, std::vector<std::string> tasks,
                                    int64_t epoch = 1) {
  return {id, std::move(tasks), {epoch, {}}};
}

}  // namespace hancock::slardar::testing
