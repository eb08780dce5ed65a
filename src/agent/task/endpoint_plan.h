// What has to be written so that the Registry holds of this Node's Tasks what it should. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/network/ruleset.h"
#include "agent/task/task_logic.h"
#include "hancock/wire.pb.h"
#include "registry/keys.h"
#include "registry/records.h"
#include "store/store.h"

namespace hancock::agent {

/// What is wanted of a Task's endpoint.
struct WantedEndpoint {
  EndpointWish wish = EndpointWish::kAbsent;
  registry::Endpoint endpoint;  // kReady
  friend bool operator==(const WantedEndpoint&, const WantedEndpoint&) = default;
};

/// The record of a Task that serves from this Node, whose own record is `node`, at `address`.
registry::Endpoint endpoint_of(const model::Assignment& assignment, const std::vector<PublishedPort>& ports,
                               const registry::NodeRecord& node, const std::string& address);

/// What the store holds.
struct StoredEndpoint {
  std::string text;
  store::Revision revision;
};

/// Transactions, each fenced by `node_revision` of nodes/<node>. A record that the leader has marked as
/// draining is never made ready again; records of Tasks that are not wanted at all are removed.
std::vector<store::Transaction> plan_endpoints(const registry::Keys& keys, const std::string& node,
                                               store::Revision node_revision,
                                               const std::map<std::string, WantedEndpoint>& wanted,
                                               const std::map<std::string, StoredEndpoint>& stored);

/// The Task's record stands there as it is wanted, or is the leader's to change.
bool is_registered(const WantedEndpoint& wanted, const StoredEndpoint* stored);

}  // namespace hancock::agent
