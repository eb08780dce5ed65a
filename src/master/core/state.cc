#include "master/core/state.h"

#include <utility>

#include "master/core/state_reader.h"

namespace hancock::master {
namespace {

template <class Map, class Key>
const typename Map::mapped_type* find(const Map& map, const Key& key) {
  auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

template <class Map, class Key>
const std::set<std::string>& ids(const Map& map, const Key& key) {
  static const std::set<std::string> none;
  const auto* found = find(map, key);
  return found ? *found : none;
}

}  // namespace

State::State(registry::Keys keys) : keys_(std::move(keys)), state_keys_(keys_) {}

void State::load(const std::vector<store::KeyValue>& items, store::Revision revision) {
  const uint64_t changes = changes_;
  *this = State(keys_);
  changes_ = changes;
  StateReader reader(*this);
  reader.note_all();
  for (const store::KeyValue& item : items) reader.put(item);
  revision_ = revision;
}

void State::apply(const store::WatchBatch& batch) {
  StateReader reader(*this);
  for (const store::WatchEvent& event : batch.events) {
    if (event.kind == store::WatchEvent::Kind::kPut)
      reader.put(event.item);
    else
      reader.remove(event.item.key);
  }
  revision_ = std::max(revision_, batch.revision);
}

const Stored<model::Service>* State::service(const ServiceRef& ref) const { return find(services_, ref); }

const Stored<model::Version>* State::version(const ServiceRef& ref, uint32_t number) const {
  return find(versions_, VersionRef{ref, number});
}

const Stored<model::Task>* State::task(std::string_view id) const { return find(tasks_, id); }

const Stored<model::Node>* State::node(std::string_view name) const { return find(nodes_, name); }

const Stored<model::Deployment>* State::deployment(std::string_view id) const {
  return find(deployments_, id);
}

const std::set<std::string>& State::tasks_of(const ServiceRef& service) const {
  return ids(tasks_of_, service);
}

const std::set<std::string>& State::tasks_on(std::string_view node) const { return ids(tasks_on_, node); }

const std::set<std::string>& State::deployments_of(const ServiceRef& service) const {
  return ids(deployments_of_, service);
}

uint64_t State::changes_on(std::string_view node) const {
  const uint64_t* own = find(changed_nodes_, node);
  return std::max(own ? *own : 0, changed_all_);
}

uint64_t State::changes_of(const ServiceRef& service) const {
  const uint64_t* own = find(changed_services_, service);
  return std::max(own ? *own : 0, changed_all_);
}

bool is_live(const model::Task& task) {
  return task.state() != model::TASK_STATE_STOPPED && task.state() != model::TASK_STATE_FAILED &&
         task.state() != model::TASK_STATE_LOST;
}

bool is_running(const model::Deployment& deployment) {
  return deployment.state() == model::DEPLOYMENT_STATE_RUNNING ||
         deployment.state() == model::DEPLOYMENT_STATE_PAUSED;
}

}  // namespace hancock::master
