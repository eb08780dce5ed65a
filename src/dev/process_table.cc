#include "dev/process_table.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace hancock::dev {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const ProcessEntry& entry) {
  Json json = {{"name", entry.name},       {"role", entry.role}, {"pid", nullptr},    {"namespace", entry.ns},
               {"address", entry.address}, {"log", entry.log},   {"argv", entry.argv}};
  if (entry.pid) {
    json["pid"] = *entry.pid;
    json["start_ticks"] = entry.start_ticks;
  }
  if (!entry.pid_file.empty()) json["pid_file"] = entry.pid_file;
  return json;
}

ProcessEntry from_json(const Json& json) {
  ProcessEntry entry;
  entry.name = json.at("name").get<std::string>();
  entry.role = json.at("role").get<std::string>();
  entry.ns = json.at("namespace").get<std::string>();
  entry.address = json.at("address").get<std::string>();
  entry.log = json.at("log").get<std::string>();
  entry.argv = json.at("argv").get<std::vector<std::string>>();
  if (!json.at("pid").is_null()) {
    entry.pid = json.at("pid").get<pid_t>();
    entry.start_ticks = json.at("start_ticks").get<uint64_t>();
  }
  entry.pid_file = json.value("pid_file", "");
  return entry;
}

}  // namespace

ProcessEntry* ProcessTable::find(const std::string& name) {
  for (ProcessEntry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string render(const ProcessTable& table) {
  Json array = Json::array();
  for (const ProcessEntry& entry : table.entries) array.push_back(to_json(entry));
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<ProcessTable> parse_process_table(const std::string& text) {
  try {
    ProcessTable table;
    for (const Json& json : Json::parse(text)) table.entries.push_back(from_json(json));
    return table;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kInvalid, "processes.json: {}", error.what());
  }
}

Result<void> save_process_table(const Layout& layout, const ProcessTable& table) {
  return write_file(layout.processes(), render(table));
}

Result<ProcessTable> load_process_table(const Layout& layout) {
  auto text = read_file(layout.processes());
  if (!text && text.error().code == ErrorCode::kNotFound) return ProcessTable{};
  if (!text) return forward_error(text);
  return parse_process_table(*text);
}

}  // namespace hancock::dev
