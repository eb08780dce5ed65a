#include "agent/journal.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Throws what the JSON library throws.
NodeJournal read_node(const std::string& text) {
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

Result<NodeJournal> decode_node(const std::string& text) {
  try {
    return read_node(text);
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalid, "{}", error.what());
  }
}

std::string encode(const NodeJournal& node) {
  Json json = {
      {"boot_id", node.boot_id}, {"epoch", node.epoch}, {"term", node.term}, {"past_ports", Json::array()}};
  for (const HostPorts::Past& past : node.past_ports) {
    json["past_ports"].push_back({{"port", past.port},
                                  {"tenant", past.owner.tenant},
                                  {"app", past.owner.app},
                                  {"service", past.owner.service},
                                  {"released_at", to_rfc3339(past.released_at)}});
  }
  return json.dump(1) + "\n";
}

template <class Decode>
auto load(const fs::path& path, Decode decode) {
  auto text = read_file(path);
  if (!text) return decltype(decode(*text))(tl::unexpected(text.error()));
  return decode(*text);
}

void set_aside(const fs::path& path, const Error& why) {
  log::error("journal", "{}: {}; it is set aside as {}.bad", path.string(), why.message, path.string());
  std::error_code error;
  fs::rename(path, path.string() + ".bad", error);
}

/// What a killed Agent was about to write: beside the file, named with its number.
void remove_half_written(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() == ".new") fs::remove(it->path(), ignored);
  }
}

Result<UniqueFd> lock_folder(const fs::path& folder) {
  const fs::path path = folder / "lock";
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return tl::unexpected(errno_error(errno, "open " + path.string()));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return fail(ErrorCode::kConflict, "{} is in use: another Agent runs with it", folder.string());
}

}  // namespace

Result<void> Journal::open() {
  std::error_code error;
  fs::create_directories(data_ / "tasks", error);
  if (error) return tl::unexpected(errno_error(error.value(), "make " + (data_ / "tasks").string()));
  auto lock = lock_folder(data_);
  if (!lock) return forward_error(lock);
  lock_ = std::move(*lock);
  remove_half_written(data_);
  remove_half_written(data_ / "tasks");
  return {};
}

std::map<std::string, TaskRecord> Journal::load_tasks() {
  std::map<std::string, TaskRecord> tasks;
  std::error_code error;
  for (fs::directory_iterator it(data_ / "tasks", error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".json") continue;
    auto record = load(it->path(), decode_task_record);
    if (record) {
      tasks.emplace(it->path().stem().string(), std::move(*record));
    } else {
      set_aside(it->path(), record.error());
    }
  }
  return tasks;
}

NodeJournal Journal::load_node() {
  auto node = load(node_path(), decode_node);
  if (node) return *node;
  if (node.error().code != ErrorCode::kNotFound) set_aside(node_path(), node.error());
  return {};
}

void Journal::set_task(const std::string& task, const TaskRecord& record) {
  set(task_path(task), agent::encode(record));
}
void Journal::remove_task(const std::string& task) { set(task_path(task), std::nullopt); }
void Journal::set_node(const NodeJournal& node) { set(node_path(), encode(node)); }

void Journal::set(const fs::path& path, Content content) {
  const auto present = written_.find(path);
  if (content && present != written_.end() && present->second == *content) {
    pending_.erase(path);
  } else {
    pending_[path] = std::move(content);
  }
}

void Journal::flush() {
  const auto written = write_pending();
  const std::string problem = written ? "" : "the journal cannot be written: " + written.error().message;
  if (problem != problem_ && !problem.empty()) log::error("journal", "{}", problem);
  problem_ = problem;
}

/// The Node's file first; without it nothing else.
Result<void> Journal::write_pending() {
  if (const auto node = pending_.find(node_path()); node != pending_.end()) {
    if (auto done = write(node->first, node->second); !done) return done;
    pending_.erase(node);
  }
  Result<void> first;
  for (auto next = pending_.begin(); next != pending_.end();) {
    const auto done = write(next->first, next->second);
    if (!done && first) first = done;
    next = done ? pending_.erase(next) : std::next(next);
  }
  return first;
}

Result<void> Journal::write(const fs::path& path, const Content& content) {
  if (content) {
    if (auto done = write_file(path, *content); !done) return done;
    written_[path] = *content;
    return {};
  }
  std::error_code error;
  fs::remove(path, error);
  if (error) return tl::unexpected(errno_error(error.value(), "remove " + path.string()));
  written_.erase(path);
  return {};
}

}  // namespace hancock::agent
