#include "agent/task/task_record.h"

#include <nlohmann/json.hpp>

#include "agent/task/task_words.h"
#include "model/json.h"

namespace hancock::agent {
namespace {

using Json = nlohmann::ordered_json;

Json port_json(const PublishedPort& port) {
  return {{"name", port.name},
          {"protocol", to_string(port.protocol)},
          {"port", port.port},
          {"host_port", port.host_port}};
}

PublishedPort read_port(const Json& json) {
  return {json.at("name").get<std::string>(),
          json.at("protocol").get<std::string>() == "udp" ? PortProtocol::kUdp : PortProtocol::kTcp,
          json.at("port").get<uint16_t>(), json.at("host_port").get<uint16_t>()};
}

TimePoint read_time(const Json& json) { return TimePoint(Duration(json.get<int64_t>())); }

Json state_json(const TaskState& state) {
  Json json = {{"phase", to_string(state.phase)},
               {"message", state.message},
               {"hopeless", state.hopeless},
               {"pod", state.pod},
               {"alive", state.alive},
               {"attempt", state.attempt},
               {"started", state.started},
               {"restarts", state.restarts},
               {"was_ready", state.was_ready},
               {"offline", state.offline},
               {"pre_stopped", state.pre_stopped},
               {"pre_stop_failure", state.pre_stop_failure},
               {"retry_at_ns", state.retry_at.time_since_epoch().count()},
               {"failures_ns", Json::array()}};
  for (const TimePoint at : state.failures) json["failures_ns"].push_back(at.time_since_epoch().count());
  if (state.exit) {
    json["exit"] = {{"code", state.exit->code}, {"signal", state.exit->signal}, {"oom", state.exit->oom}};
  }
  return json;
}

TaskState read_state(const Json& json) {
  TaskState state;
  state.phase = phase_of(json.value("phase", "")).value_or(TaskPhase::kAssigned);
  state.message = json.value("message", "");
  state.hopeless = json.value("hopeless", false);
  state.pod = json.value("pod", false);
  state.alive = json.value("alive", false);
  state.attempt = json.value("attempt", 0U);
  state.started = json.value("started", 0U);
  state.restarts = json.value("restarts", 0U);
  state.was_ready = json.value("was_ready", false);
  state.offline = json.value("offline", false);
  state.pre_stopped = json.value("pre_stopped", false);
  state.pre_stop_failure = json.value("pre_stop_failure", "");
  if (json.contains("retry_at_ns")) state.retry_at = read_time(json["retry_at_ns"]);
  for (const Json& at : json.value("failures_ns", Json::array())) state.failures.push_back(read_time(at));
  if (json.contains("exit")) {
    const Json& exit = json["exit"];
    state.exit = TaskExit{exit.value("code", 0), exit.value("signal", 0), exit.value("oom", false)};
  }
  return state;
}

/// Throws what the JSON library throws.
Result<TaskRecord> read_record(const std::string& text) {
  const Json json = Json::parse(text);
  TaskRecord record;
  if (auto read = model::from_json(json.at("assignment").dump(), record.assignment); !read) {
    return forward_error(read);
  }
  record.boot_id = json.value("boot_id", "");
  record.digest = json.value("digest", "");
  record.image_id = json.value("image_id", "");
  record.address = json.value("address", "");
  record.sandbox = json.value("sandbox", "");
  record.sandboxes = json.value("sandboxes", 0U);
  for (const Json& port : json.value("ports", Json::array())) record.ports.push_back(read_port(port));
  record.container = json.value("container", "");
  record.started_at = parse_rfc3339(json.value("started_at", ""));
  record.ready_at = parse_rfc3339(json.value("ready_at", ""));
  record.state = read_state(json.value("state", Json::object()));
  return record;
}

}  // namespace

std::string encode(const TaskRecord& record) {
  Json json = {{"assignment", Json::parse(model::to_json(record.assignment))},
               {"boot_id", record.boot_id},
               {"digest", record.digest},
               {"image_id", record.image_id},
               {"address", record.address},
               {"sandbox", record.sandbox},
               {"sandboxes", record.sandboxes},
               {"ports", Json::array()},
               {"container", record.container},
               {"state", state_json(record.state)}};
  for (const PublishedPort& port : record.ports) json["ports"].push_back(port_json(port));
  if (record.started_at) json["started_at"] = to_rfc3339(*record.started_at);
  if (record.ready_at) json["ready_at"] = to_rfc3339(*record.ready_at);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<TaskRecord> decode_task_record(const std::string& text) {
  try {
    return read_record(text);
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalid, "{}", error.what());
  }
}

}  // namespace hancock::agent
