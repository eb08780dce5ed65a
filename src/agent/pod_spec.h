// From an assignment to what containerd is asked for: the sandbox and the container of a Task, and the labels
// by which they are found again. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cri/types.h"
#include "agent/network/ruleset.h"
#include "base/error.h"
#include "model/names.h"

namespace hancock::model {
class Assignment;
class ServiceSpec;
}  // namespace hancock::model

namespace hancock::agent {

/// Where a Task lives on this Node.
struct NodePlace {
  std::string node = {};
  std::string site = {};
  std::string cgroup = "/hancock";  // every Task's cgroup lies below
  std::string log_folder = {};      // one folder a Task
};

/// On sandboxes and containers: the Task's id, and the Node whose Agent made them: nobody else's business.
inline constexpr const char* kTaskLabel = "hancock.task";
inline constexpr const char* kNodeLabel = "hancock.node";
/// By which all of a Task is found.
cri::Labels labels_of_task(const NodePlace& place, const std::string& task);

/// Also what a container is made with, in whichever sandbox: containerd takes the container's cgroup and log
/// folder from there.
cri::SandboxSpec sandbox_spec(const NodePlace& place, const model::Assignment& assignment, uint32_t attempt);
cri::ContainerSpec container_spec(const NodePlace& place, const model::Assignment& assignment,
                                  uint32_t attempt, const std::vector<PublishedPort>& ports,
                                  const std::string& image_id);

/// The spec's ports, without host ports.
std::vector<PublishedPort> ports_of(const model::ServiceSpec& spec);
/// The host ports in a container's annotations: what an Agent that starts finds its Tasks by.
std::vector<PublishedPort> ports_of(const cri::Labels& annotations);
/// Whose a pod with these labels is.
model::ServiceRef owner_in(const cri::Labels& labels);

/// "1000", "1000:100" or a name.
Result<cri::User> parse_user(std::string_view text);

std::string task_cgroup(const NodePlace& place, const std::string& task);
std::string task_log_folder(const NodePlace& place, const std::string& task);

}  // namespace hancock::agent
