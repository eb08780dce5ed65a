#include "agent/pod_spec.h"

#include <signal.h>
#include <string.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/number.h"
#include "hancock/wire.pb.h"

namespace hancock::agent {
namespace {

constexpr const char* kPortsAnnotation = "hancock.ports";
constexpr const char* kTenantLabel = "hancock.tenant";
constexpr const char* kAppLabel = "hancock.app";
constexpr const char* kServiceLabel = "hancock.service";

/// "http=tcp:8080:20123 dns=udp:53:20124"
std::string encode(const std::vector<PublishedPort>& ports) {
  std::string text;
  for (const PublishedPort& port : ports) {
    text += fmt::format("{}{}={}:{}:{}", text.empty() ? "" : " ", port.name, to_string(port.protocol),
                        port.port, port.host_port);
  }
  return text;
}

std::optional<PublishedPort> decode_port(const std::string& word) {
  const size_t equals = word.find('=');
  const size_t first = word.find(':', equals);
  const size_t second = word.find(':', first + 1);
  if (equals == std::string::npos || first == std::string::npos || second == std::string::npos)
    return std::nullopt;
  const auto port = parse_number<uint16_t>(std::string_view(word).substr(first + 1, second - first - 1));
  const auto host_port = parse_number<uint16_t>(std::string_view(word).substr(second + 1));
  if (!port || !host_port) return std::nullopt;
  const bool udp = word.substr(equals + 1, first - equals - 1) == "udp";
  return PublishedPort{word.substr(0, equals), udp ? PortProtocol::kUdp : PortProtocol::kTcp, *port,
                       *host_port};
}

cri::Labels labels_of(const NodePlace& place, const model::Assignment& assignment) {
  return {{kTaskLabel, assignment.task()},       {kNodeLabel, place.node},
          {kTenantLabel, assignment.tenant()},   {kAppLabel, assignment.app()},
          {kServiceLabel, assignment.service()}, {"hancock.version", std::to_string(assignment.version())}};
}

std::string label(const cri::Labels& labels, const std::string& key) {
  const auto found = labels.find(key);
  return found == labels.end() ? "" : found->second;
}

std::string upper_case(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::vector<std::pair<std::string, std::string>> environment(const NodePlace& place,
                                                             const model::Assignment& assignment,
                                                             const std::vector<PublishedPort>& ports) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& [name, value] : assignment.spec().env()) result.emplace_back(name, value);
  std::sort(result.begin(), result.end());
  result.insert(result.end(), {{"HANCOCK_TENANT", assignment.tenant()},
                               {"HANCOCK_APP", assignment.app()},
                               {"HANCOCK_SERVICE", assignment.service()},
                               {"HANCOCK_VERSION", std::to_string(assignment.version())},
                               {"HANCOCK_TASK", assignment.task()},
                               {"HANCOCK_NODE", place.node},
                               {"HANCOCK_SITE", place.site}});
  for (const PublishedPort& port : ports) {
    result.emplace_back("HANCOCK_HOST_PORT_" + upper_case(port.name), std::to_string(port.host_port));
  }
  return result;
}

}  // namespace

std::string task_cgroup(const NodePlace& place, const std::string& task) { return place.cgroup + "/" + task; }
std::string task_log_folder(const NodePlace& place, const std::string& task) {
  return place.log_folder + "/" + task;
}

cri::Labels labels_of_task(const NodePlace& place, const std::string& task) {
  return {{kTaskLabel, task}, {kNodeLabel, place.node}};
}

cri::SandboxSpec sandbox_spec(const NodePlace& place, const model::Assignment& assignment, uint32_t attempt) {
  return {.name = assignment.task(),
          .uid = place.node + "/" + assignment.task(),
          .owner = assignment.tenant(),
          .attempt = attempt,
          .log_folder = task_log_folder(place, assignment.task()),
          .cgroup_parent = task_cgroup(place, assignment.task()),
          .labels = labels_of(place, assignment)};
}

cri::ContainerSpec container_spec(const NodePlace& place, const model::Assignment& assignment,
                                  uint32_t attempt, const std::vector<PublishedPort>& ports,
                                  const std::string& image_id) {
  const auto& spec = assignment.spec();
  return {.name = "main",
          .attempt = attempt,
          .image = image_id,
          .command = {spec.command().begin(), spec.command().end()},
          .args = {spec.args().begin(), spec.args().end()},
          .workdir = spec.workdir(),
          .env = environment(place, assignment, ports),
          .user = parse_user(spec.user()).value_or(cri::User{}),
          .cpu_millis = spec.resources().cpu_millis(),
          .cpu_limit_millis = spec.resources().cpu_limit_millis(),
          .memory_bytes = spec.resources().memory_bytes(),
          .log_path = fmt::format("{}.log", attempt),
          .labels = labels_of(place, assignment),
          .annotations = {{kPortsAnnotation, encode(ports)}}};
}

std::vector<PublishedPort> ports_of(const model::ServiceSpec& spec) {
  std::vector<PublishedPort> result;
  for (const auto& port : spec.ports()) {
    const bool udp = port.protocol() == model::PROTOCOL_UDP;
    result.push_back(
        {port.name(), udp ? PortProtocol::kUdp : PortProtocol::kTcp, static_cast<uint16_t>(port.port()), 0});
  }
  return result;
}

model::ServiceRef owner_in(const cri::Labels& labels) {
  return {label(labels, kTenantLabel), label(labels, kAppLabel), label(labels, kServiceLabel)};
}

std::vector<PublishedPort> ports_of(const cri::Labels& annotations) {
  std::vector<PublishedPort> result;
  const auto found = annotations.find(kPortsAnnotation);
  if (found == annotations.end()) return result;
  std::istringstream words(found->second);
  for (std::string word; words >> word;) {
    if (auto port = decode_port(word)) result.push_back(std::move(*port));
  }
  return result;
}

Result<cri::User> parse_user(std::string_view text) {
  cri::User user;
  if (text.empty()) return user;
  const size_t colon = text.find(':');
  user.uid = parse_number<int64_t>(text.substr(0, colon));
  if (!user.uid) {
    if (colon != std::string_view::npos) {
      return fail(ErrorCode::kInvalid, "user \"{}\" is neither uid, uid:gid nor a name", text);
    }
    user.name = text;
    return user;
  }
  if (colon == std::string_view::npos) return user;
  user.gid = parse_number<int64_t>(text.substr(colon + 1));
  if (!user.gid) return fail(ErrorCode::kInvalid, "user \"{}\" is neither uid, uid:gid nor a name", text);
  return user;
}

}  // namespace hancock::agent
