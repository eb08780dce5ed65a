// ServiceView: one Service as a round finds it: its record, its Tasks, its route, the Deployment that runs.
// Points into the State; lives for that round.
#pragma once

#include <vector>

#include "master/core/round.h"

namespace hancock::master {

using StoredTask = Stored<model::Task>;

struct ServiceView {
  ServiceRef ref;
  const Stored<model::Service>* stored = nullptr;
  const Stored<model::Deployment>* deployment = nullptr;  // running
  const Stored<model::Deployment>* held = nullptr;        // failed, and left as it is until its owner decides
  std::vector<const StoredTask*> live;                    // by id
  std::vector<const StoredTask*> ended;
  const Registered<registry::Route>* route = nullptr;
  bool is_route_unreadable = false;

  const model::Service& service() const { return stored->value; }
  /// Its Deployment has not switched visitors over yet.
  bool is_before_switch() const {
    return deployment && deployment->value.phase() < model::DEPLOYMENT_PHASE_SWITCH;
  }
};

ServiceView view_of(const State& state, const ServiceRef& ref);

/// Live and not on its way out.
bool is_staying(const model::Task& task);

}  // namespace hancock::master
