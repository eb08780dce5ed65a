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

constexpr Duration kWriteAgain = 1s;  // what could not be

Json owner_json(const model::ServiceRef& owner) {
  return {{"tenant", owner.tenant}, {"app", owner.app}, {"service", owner.service}};
}

model::ServiceRef read_owner(const Json& json) {
  return {json.at("tenant").get<std::string>(), json.at("app").get<std::string>(),
          json.at("service").get<std::string>()};
}

/// Throws what the JSON library throws.
NodeJournal read_node(const std::string& text) {
  const Json json = Json::parse(text);
  NodeJournal node;
  node.boot_id = json.value("boot_id", "");
  node.epoch = json.value("epoch", int64_t{0});
  node.term = json.value("term", int64_t{0});
  if (json.contains("silent_since_ns"))
    node.silent_since = TimePoint(Duration(json["silent_since_ns"].get<int64_t>()));
  for (const Json& past : json.value("past_ports", Json::array())) {
    const auto released = parse_rfc3339(past.at("released_at").get<std::string>());
    if (!released) continue;
    node.past_ports.push_back({past.at("port").get<uint16_t>(), read_owner(past), *released});
  }
  for (const Json& image : json.value("images", Json::array())) {
    ImageUse& use = node.images[image.at("id").get<std::string>()];
    use.at = parse_rfc3339(image.value("used_at", "")).value_or(WallTime());
    for (const Json& version : image.value("versions", Json::array())) {
      use.newest[read_owner(version)] = version.at("version").get<uint32_t>();
    }
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
  Json json = {{"boot_id", node.boot_id},
               {"epoch", node.epoch},
               {"term", node.term},
               {"past_ports", Json::array()},
               {"images", Json::array()}};
  for (const HostPorts::Past& past : node.past_ports) {
    Json entry = owner_json(past.owner);
    entry["port"] = past.port;
    entry["released_at"] = to_rfc3339(past.released_at);
    json["past_ports"].push_back(std::move(entry));
  }
  for (const auto& [id, use] : node.images) {
    Json versions = Json::array();
    for (const auto& [service, version] : use.newest) {
      versions.push_back(owner_json(service));
      versions.back()["version"] = version;
    }
    json["images"].push_back(
        {{"id", id}, {"used_at", to_rfc3339(use.at)}, {"versions", std::move(versions)}});
  }
  if (node.silent_since) json["silent_since_ns"] = node.silent_since->time_since_epoch().count();
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

Result<UniqueFd> lock_folder(const fs::path& folder) {
  const fs::path path = folder / "lock";
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return tl::unexpected(errno_error(errno, "open " + path.string()));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return fail(ErrorCode::kConflict, "{} is in use: another Agent runs with it", folder.string());
}

}  // namespace

Journal::Journal(io::Loop& loop, fs::path data, std::function<void()> changed)
    : loop_(loop), data_(std::move(data)), changed_(std::move(changed)), wake_(loop), round_(loop) {}

Result<void> Journal::open() {
  if (auto made = make_folder_durably(data_ / "tasks"); !made) return made;
  auto lock = lock_folder(data_);
  if (!lock) return forward_error(lock);
  lock_ = std::move(*lock);
  remove_half_written(data_);
  remove_half_written(data_ / "tasks");
  scope_.spawn(run());
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

void Journal::set(const fs::path& path, std::optional<std::string> content) {
  const auto known = wanted_.find(path);
  if (known != wanted_.end() && known->second == content) return;
  wanted_[path] = std::move(content);
  dirty_.insert(path);
}

uint64_t Journal::flush() {
  if (!dirty_.empty()) {
    ++flushes_;
    wake_.set();
  }
  return flushes_;
}

io::Async<void> Journal::saved(uint64_t flush) {
  while (ended_ < flush) co_await round_.wait();
}

io::Async<void> Journal::run() {
  while (true) {
    co_await wake_.wait(problem_.empty() ? kForever : loop_.now() + kWriteAgain);
    const uint64_t flushes = flushes_;
    std::set<fs::path> paths = std::exchange(dirty_, {});
    Unwritten unwritten;
    // The Node's file first; without it nothing else.
    if (paths.erase(node_path()) > 0) {
      std::set<fs::path> node{node_path()};
      unwritten = co_await write(std::move(node));
    }
    if (unwritten.why.empty()) {
      unwritten = co_await write(std::move(paths));
    } else {
      unwritten.files.merge(paths);
    }
    dirty_.merge(unwritten.files);
    note(unwritten.why.empty() ? "" : "the journal cannot be written: " + unwritten.why);
    ended_ = flushes;
    round_.set();
  }
}

io::Async<Unwritten> Journal::write(std::set<fs::path> paths) {
  if (paths.empty()) co_return Unwritten();
  FileChanges changes;
  for (const fs::path& path : paths) changes[path] = wanted_[path];
  auto work = [changes] { return write_files(changes); };
  Unwritten unwritten = co_await disk_.run(loop_, std::move(work));
  for (const auto& [path, content] : changes) {
    const bool is_gone = !content && !unwritten.files.contains(path) && !dirty_.contains(path);
    if (is_gone) wanted_.erase(path);
  }
  co_return unwritten;
}

void Journal::note(std::string problem) {
  if (problem == problem_) return;
  if (!problem.empty()) log::error("journal", "{}", problem);
  problem_ = std::move(problem);
  changed_();
}

}  // namespace hancock::agent
