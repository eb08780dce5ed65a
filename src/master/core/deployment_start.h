// How a Deployment begins: a new Version, and the record that brings one. Parts of an owner's write; pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"
#include "hancock/spec.pb.h"
#include "master/core/service_edit.h"

namespace hancock::master {

/// `spec` as the Service's newest Version. Gives its number.
uint32_t add_version(const State& state, ServiceEdit& edit, const model::ServiceSpec& spec, WallTime wall);

struct DeploymentStart {
  uint32_t to_version = 0;
  const model::ServiceSpec& spec;  // of to_version
  uint32_t wanted = 0;             // Tasks
  std::string_view instead;        // what a Deployment that runs is superseded by: "a newer spec"
};

/// Gives the new Deployment's id. A Service that was stopped stays so until it has switched, and the Version
/// that serves keeps its number of Tasks. When it leads back to where the one that runs came from, the old
/// Tasks that have not been let go yet stay.
std::string start_deployment(const State& state, ServiceEdit& edit, const DeploymentStart& start,
                             WallTime wall, Random& random);

}  // namespace hancock::master
