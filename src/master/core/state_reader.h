// StateReader: takes one key after the other into a State's tables and indices. Part of State; lives for one
// load or batch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "master/core/state.h"

namespace hancock::master {

class StateReader {
 public:
  explicit StateReader(State& state) : state_(state) {}

  void put(const store::KeyValue& item);
  void remove(std::string_view key);
  /// Everything may have changed.
  void note_all() { state_.changed_all_ = ++state_.changes_; }

 private:
  using Parts = std::vector<std::string_view>;

  /// Takes what `key` named out of its table and its indices.
  void forget(std::string_view key);
  void forget_state(const Parts& parts);
  void forget_claim(const std::string& name);
  void forget_task(const std::string& id);
  void forget_deployment(const std::string& id);
  void forget_registry(const Parts& parts);

  /// "" or why the record cannot be taken in.
  std::string read(const store::KeyValue& item);
  std::string read_state(const Parts& parts, const store::KeyValue& item);
  std::string read_single(std::string_view kind, const store::KeyValue& item);
  std::string read_claim(const std::string& name, const store::KeyValue& item);
  std::string read_reply(const std::string& key, const store::KeyValue& item);
  std::string read_app(const AppRef& ref, const store::KeyValue& item);
  std::string read_service(const ServiceRef& ref, const store::KeyValue& item);
  std::string read_version(const VersionRef& ref, const store::KeyValue& item);
  std::string read_task(const std::string& id, const store::KeyValue& item);
  std::string read_deployment(const std::string& id, const store::KeyValue& item);
  std::string read_events(int64_t first, const store::KeyValue& item);
  std::string read_registry(const Parts& parts, const store::KeyValue& item);

  // Who is concerned by what is read or forgotten.
  void note(const ServiceRef& service) { state_.changed_services_[service] = ++state_.changes_; }
  void note_node(const std::string& node) { state_.changed_nodes_[node] = ++state_.changes_; }
  void note_task(const model::Task& task);
  void note_version(const ServiceRef& service);
  void note_endpoint(std::string_view task);
  void note_barrier(const registry::Barrier& barrier);

  State& state_;
};

}  // namespace hancock::master
