#include "agent/journal.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "model/json.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json encode(const PublishedPort& port) {
  return {{"name", port.name},
          {"protocol", to_string(port.protocol)},
          {"port", port.port},
          {"host_port", port.host_port}};
}

PublishedPort decode_port(const Json& json) {
  return {json.at("name").get<std::string>(),
          json.at("protocol").get<std::string>() == "udp" ? PortProtocol::kUdp : PortProtocol::kTcp,
          json.at("port").get<uint16_t>(), json.at("host_port").get<uint16_t>()};
}

std::string encode(const TaskRecord& record) {
  Json json = {{"assignment", Json::parse(model::to_json(record.assignment))},
               {"digest", record.digest},
               {"image_id", record.image_id},
               {"address", record.address},
               {"ports", Json::array()},
               {"attempt", record.attempt},
               {"restarts", record.restarts},
               {"was_ready", record.was_ready}};
  for (const PublishedPort& port : record.ports) json["ports"].push_back(encode(port));
  if (record.ready_at) json["ready_at"] = to_rfc3339(*record.ready_at);
  return json.dump(1) + "\n";
}

/// Throws what the JSON library throws.
Result<TaskRecord> decode_task(const std::string& text) {
  const Json json = Json::parse(text);
  TaskRecord record;
  if (auto read = model::from_json(json.at("assignment").dump(), record.assignment); !read) {
    return forward_error(read);
  }
  record.digest = json.value("digest", "");
  record.image_id = json.value("image_id", "");
  record.address = json.value("address", "");
  for (const Json& port : json.value("ports", Json::array())) record.ports.push_back(decode_port(port));
  record.attempt = json.value("attempt", 0U);
  record.restarts = json.value("restarts", 0U);
  record.was_ready = json.value("was_ready", false);
  if (json.contains("ready_at")) record.ready_at = parse_rfc3339(json["ready_at"].get<std::string>());
  return record;
}

NodeJournal decode_node(const std::string& text) {
  const Json json = Json::parse(text);
  NodeJournal node{
      json.value("boot_id", ""), json.value("epoch", int64_t{0}), json.value("term", int64_t{0}), {}};
  for (const Json& past : json.value("past_ports", Json::array())) {
    const auto released = parse_rfc3339(past.at("released_at").get<std::string>());
    if (!released) continue;
    node.past_ports.push_back({past.at("port").get<uint16_t>(),
                               {past.at("tenant").get<std::string>(), past.at("app").get<std::string>(),
                                past.at("service").get<std::string>()},
                               *released});
  }
  return node;
}

template <class Decode>
auto guarded(const fs::path& path, Decode decode) -> Result<decltype(decode(std::string()))> {
  auto text = read_file(path);
  if (!text) return forward_error(text);
  try {
    return decode(*text);
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalid, "{}: {}", path.string(), error.what());
  }
}

void set_aside(const fs::path& path, const Error& why) {
  log::error("journal", "{}; it is set aside as {}.bad", why.message, path.string());
  std::error_code error;
  fs::rename(path, path.string() + ".bad", error);
}

}  // namespace

Result<void> Journal::open() {
  std::error_code error;
  fs::create_directories(data_ / "tasks", error);
  if (error) return tl::unexpected(errno_error(error.value(), "make " + (data_ / "tasks").string()));
  return {};
}

std::map<std::string, TaskRecord> Journal::load_tasks() {
  std::map<std::string, TaskRecord> tasks;
  std::error_code error;
  for (fs::directory_iterator it(data_ / "tasks", error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".json") continue;
    auto record = guarded(it->path(), decode_task);
    if (!record) {
      set_aside(it->path(), record.error());
    } else if (!*record) {
      set_aside(it->path(), record->error());
    } else {
      tasks.emplace(it->path().stem().string(), std::move(**record));
    }
  }
  return tasks;
}

NodeJournal Journal::load_node() {
  const fs::path path = data_ / "node.json";
  auto node = guarded(path, decode_node);
  if (node) return *node;
  if (node.error().code != ErrorCode::kNotFound) set_aside(path, node.error());
  return {};
}

void Journal::write_task(const std::string& task, const TaskRecord& record) {
  std::string text = encode(record);
  std::string& written = written_[task];
  if (written == text) return;
  if (auto done = write_file(task_path(task), text); !done) {
    log::error("journal", "{}", done.error().message);
    return;
  }
  written = std::move(text);
}

void Journal::remove_task(const std::string& task) {
  written_.erase(task);
  std::error_code error;
  fs::remove(task_path(task), error);
}

void Journal::write_node(const NodeJournal& node) {
  Json json = {
      {"boot_id", node.boot_id}, {"epoch", node.epoch}, {"term", node.term}, {"past_ports", Json::array()}};
  for (const HostPorts::Past& past : node.past_ports) {
    json["past_ports"].push_back({{"port", past.port},
                                  {"tenant", past.owner.tenant},
                                  {"app", past.owner.app},
                                  {"service", past.owner.service},
                                  {"released_at", to_rfc3339(past.released_at)}});
  }
  std::string text = json.dump(1) + "\n";
  if (text == written_node_) return;
  if (auto done = write_file(data_ / "node.json", text); !done) {
    log::error("journal", "{}", done.error().message);
    return;
  }
  written_node_ = std::move(text);
}

}  // namespace hancock::agent
