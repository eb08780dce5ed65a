#include "agent/caretaker.h"

#include <signal.h>

#include <filesystem>

#include "agent/task/task_id.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;
using Kind = Thing::Kind;

constexpr Duration kClean = 30s;
constexpr Duration kCleanAgain = 1s;     // at first, when something could not be removed; doubles
constexpr Duration kCleanFirst = 200ms;  // until everything needed for it is known
constexpr Duration kPodGrace = 10s;      // between SIGTERM and SIGKILL
constexpr Duration kCgroupPatience = 1s;

/// As containerd makes them up. Longer than a Task's.
bool is_sandbox_id(const std::string& name) {
  constexpr size_t kSize = 64;
  return name.size() == kSize && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// How long a folder has not been touched.
Duration age_of(const fs::path& folder) {
  std::error_code error;
  const auto touched = fs::last_write_time(folder, error);
  if (error) return 0s;
  return std::max<Duration>(0s,
                            std::chrono::duration_cast<Duration>(fs::file_time_type::clock::now() - touched));
}

/// A folder of logs says by its time when its Task was last known: that outlives the Agent.
std::map<Thing, Duration> log_folders(const fs::path& top, const std::set<std::string>& known) {
  std::map<Thing, Duration> result;
  std::error_code error;
  for (fs::directory_iterator it(top, error), end; !error && it != end; it.increment(error)) {
    const std::string task = it->path().filename();
    if (!is_task_id(task)) continue;
    std::error_code ignored;
    if (known.contains(task)) fs::last_write_time(it->path(), fs::file_time_type::clock::now(), ignored);
    result.emplace(Thing{Kind::kLogFolder, task}, age_of(it->path()));
  }
  return result;
}

}  // namespace

struct Caretaker::Found {
  std::map<Thing, Duration> things;
  FoundPods pods;
  std::set<std::string> sandboxes;
  CniNetwork network;
};

io::Async<void> Caretaker::run() {
  io::Loop& loop = pods_.runtime().loop();
  while (!table_.adopted() || !table_.complete()) co_await loop.sleep_for(kCleanFirst);
  Duration again = kCleanAgain;
  while (true) {
    const bool clean = co_await look();
    const TimePoint next = std::min(leftovers_.next(), loop.now() + (clean ? kClean : again));
    again = clean ? kCleanAgain : std::min(2 * again, kClean);
    co_await loop.sleep_for(next - loop.now());
  }
}

std::set<std::string> Caretaker::known() const {
  std::set<std::string> tasks;
  for (const auto& [task, runner] : table_.all()) tasks.insert(task);
  return tasks;
}

io::Async<bool> Caretaker::look() {
  auto found = co_await find();
  if (!found) co_return true;  // the runtime is away: nothing can be said
  auto kept = co_await network_.keep_only(known());
  if (!kept) log::warn("network", "{}", kept.error().message);
  const std::set<Thing> due = leftovers_.due(found->things, owners(*found), pods_.runtime().loop().now());
  bool clean = true;
  for (const Thing& thing : due) {
    const bool removed = co_await remove(thing, *found);
    clean = clean && removed;
  }
  co_return clean;
}

Owners Caretaker::owners(const Found& found) const {
  Owners owners{.tasks = known(), .pods = {}, .sandboxes = found.sandboxes, .claimed = {}};
  for (const auto& [task, pod] : found.pods.tasks) owners.pods.insert(task);
  for (const std::string& id : found.pods.unclaimed) {
    if (warm_.owns(id) || table_.uses(id)) owners.claimed.insert(id);
  }
  return owners;
}

io::Async<Result<Caretaker::Found>> Caretaker::find() {
  auto outside = [cgroups = pods_.cgroups(), place = pods_.place(),
                  tasks = known()](cri::Client& client) -> Result<Found> {
    Found found;
    found.things = log_folders(place.log_folder, tasks);
    for (const std::string& name : cgroups.children(place.cgroup)) {
      if (is_task_id(name)) found.things.emplace(Thing{Kind::kCgroup, name}, 0s);
      if (is_sandbox_id(name)) found.things.emplace(Thing{Kind::kSandboxCgroup, name}, 0s);
    }
    auto details = client.details();
    if (!details) return forward_error(details);
    if (auto network = parse_cni_network(*details)) found.network = std::move(*network);
    for (const std::string& file : idle_namespaces(found.network)) {
      found.things.emplace(Thing{Kind::kNamespace, file}, 0s);
    }
    for (const std::string& sandbox : reserving_sandboxes(found.network)) {
      found.things.emplace(Thing{Kind::kReservation, sandbox}, 0s);
    }
    auto sandboxes = client.sandboxes({});
    if (!sandboxes) return forward_error(sandboxes);
    for (const cri::SandboxStatus& sandbox : *sandboxes) found.sandboxes.insert(sandbox.id);
    return found;
  };
  auto found = co_await pods_.runtime().call(Runtime::Lane::kChange, std::move(outside));
  if (!found) co_return found;
  auto pods = co_await find_pods(pods_.runtime(), pods_.place().node);
  if (!pods) co_return forward_error(pods);
  for (const auto& [task, pod] : pods->tasks) found->things.emplace(Thing{Kind::kPod, task}, 0s);
  for (const std::string& id : pods->unclaimed) found->things.emplace(Thing{Kind::kSandbox, id}, 0s);
  found->pods = std::move(*pods);
  co_return found;
}

io::Async<bool> Caretaker::remove(Thing thing, const Found& found) {
  const bool by_task =
      thing.kind == Kind::kPod || thing.kind == Kind::kCgroup || thing.kind == Kind::kLogFolder;
  if (by_task && table_.knows(thing.name)) co_return true;  // it was assigned just now
  if (thing.kind == Kind::kSandbox && (warm_.owns(thing.name) || table_.uses(thing.name))) co_return true;
  log::warn("agent", "{} {} is nobody's: it is removed", to_string(thing.kind), thing.name);
  Result<void> removed;
  if (thing.kind == Kind::kPod) {
    Pod pod = found.pods.tasks.at(thing.name).pod;
    removed = co_await remove_pod(thing.name, std::move(pod));
  } else if (thing.kind == Kind::kSandbox) {
    removed = co_await remove_sandbox(thing.name);
  } else {
    CniNetwork network = found.network;
    removed = co_await remove_outside(thing, std::move(network));
  }
  if (!removed) log::warn("agent", "{} {}: {}", to_string(thing.kind), thing.name, removed.error().message);
  co_return removed.has_value();
}

io::Async<Result<void>> Caretaker::remove_pod(std::string task, Pod pod) {
  co_return co_await pods_.remove(task, pod, SIGTERM, kPodGrace);
}

io::Async<Result<void>> Caretaker::remove_sandbox(std::string id) {
  auto work = [id = std::move(id)](cri::Client& client) { return client.remove_sandbox(id); };
  co_return co_await pods_.runtime().call(Runtime::Lane::kChange, std::move(work));
}

io::Async<Result<void>> Caretaker::remove_outside(Thing thing, CniNetwork network) {
  auto work = [thing = std::move(thing), network = std::move(network), cgroups = pods_.cgroups(),
               place = pods_.place()]() -> Result<void> {
    std::error_code error;
    switch (thing.kind) {
      case Kind::kCgroup:
      case Kind::kSandboxCgroup:
        return cgroups.remove(task_cgroup(place, thing.name), kCgroupPatience);
      case Kind::kLogFolder:
        fs::remove_all(task_log_folder(place, thing.name), error);
        return {};
      case Kind::kNamespace:
        return remove_namespace(network, thing.name);
      case Kind::kReservation:
        return release_addresses(network, thing.name);
      case Kind::kPod:
      case Kind::kSandbox:
        break;
    }
    return {};
  };
  co_return co_await pods_.runtime().block(std::move(work));
}

}  // namespace hancock::agent
