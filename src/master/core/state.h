// State: everything that the leader decides from, as tables of decoded records: the Masters' own state and
// what it needs of the Registry.
//
// A mirror of the store under the prefix: load() it from one range, then apply() each watch batch; it is
// always the store at revision(). Owned by the shell; loop's thread; the pure functions of this folder only
// read it. Never fails on what is in the store: a record that does not decode is set aside in unreadable()
// (it is kept in the store, stands in no table, and whatever hangs on it is left alone) until a readable one
// replaces it.
//
//   State state;
//   state.load(range.items, range.revision);
//   if (const auto* service = state.service(ref)) use(service->value, service->revision);
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hancock/model.pb.h"
#include "master/core/refs.h"
#include "master/core/state_keys.h"
#include "registry/records.h"
#include "store/store.h"

namespace hancock::master {

/// A record of the Masters' state with the mod_revision that a Change compares.
template <class T>
struct Stored {
  T value;
  store::Revision revision;
};

/// A record of the Registry; `text` is what it was read from, so that unknown members survive an edit.
template <class T>
struct Registered {
  T value;
  std::string text;
  store::Revision revision;
};

template <class Key, class T>
using Table = std::map<Key, Stored<T>, std::less<>>;
template <class Key, class T>
using RegistryTable = std::map<Key, Registered<T>, std::less<>>;

struct Unreadable {
  std::string reason;
  store::Revision revision;
};

class State {
 public:
  explicit State(registry::Keys keys = registry::Keys());

  /// Replaces everything by what one range over the prefix gave.
  void load(const std::vector<store::KeyValue>& items, store::Revision revision);
  void apply(const store::WatchBatch& batch);

  const registry::Keys& keys() const { return keys_; }
  const StateKeys& state_keys() const { return state_keys_; }
  store::Revision revision() const { return revision_; }
  /// Of the last Event in the store; the next one gets this plus one. 0: none yet.
  int64_t last_event() const { return last_event_; }

  // The Masters' own state.
  const Table<std::string, model::Tenant>& tenants() const { return tenants_; }
  const Table<AppRef, model::App>& apps() const { return apps_; }
  const Table<ServiceRef, model::Service>& services() const { return services_; }
  const Table<VersionRef, model::Version>& versions() const { return versions_; }
  const Table<std::string, model::Task>& tasks() const { return tasks_; }
  const Table<std::string, model::Node>& nodes() const { return nodes_; }
  const Table<std::string, model::Site>& sites() const { return sites_; }
  const Table<std::string, model::Deployment>& deployments() const { return deployments_; }
  const Table<std::string, model::Claim>& claims() const { return claims_; }  // by Claims' names
  const Table<std::string, model::Token>& tokens() const { return tokens_; }
  const Table<std::string, model::Reply>& replies() const { return replies_; }  // by idempotency key
  const Table<int64_t, model::EventBatch>& events() const { return events_; }   // by first number
  const Stored<model::Leader>& leader() const { return leader_; }               // revision 0: none
  store::Revision heartbeat() const { return heartbeat_; }                      // its mod_revision

  // What the leader needs of the Registry.
  const RegistryTable<ServiceRef, registry::Route>& routes() const { return routes_; }
  const RegistryTable<EndpointRef, registry::Endpoint>& endpoints() const { return endpoints_; }
  const RegistryTable<std::string, registry::GatewayRecord>& gateways() const { return gateways_; }
  const RegistryTable<std::string, registry::Barrier>& barriers() const { return barriers_; }
  const RegistryTable<std::string, registry::NodeRecord>& node_records() const { return node_records_; }

  /// By full key.
  const std::map<std::string, Unreadable, std::less<>>& unreadable() const { return unreadable_; }
  bool is_unreadable(std::string_view key) const { return unreadable_.contains(key); }
  /// Of a record that is to be written anew because it cannot be read; 0: it is none of those.
  store::Revision unreadable_revision(std::string_view key) const {
    auto it = unreadable_.find(key);
    return it == unreadable_.end() ? store::Revision() : it->second.revision;
  }

  // Single records; nullptr when there is none. Valid until the next load or apply.
  const Stored<model::Service>* service(const ServiceRef& ref) const;
  const Stored<model::Version>* version(const ServiceRef& ref, uint32_t number) const;
  const Stored<model::Task>* task(std::string_view id) const;
  const Stored<model::Node>* node(std::string_view name) const;
  const Stored<model::Deployment>* deployment(std::string_view id) const;

  // Indices: ids of Tasks and Deployments, ended ones too.
  const std::set<std::string>& tasks_of(const ServiceRef& service) const;
  const std::set<std::string>& tasks_on(std::string_view node) const;
  const std::set<std::string>& deployments_of(const ServiceRef& service) const;

  /// Grows with each change of what `node` is told: its Tasks, their Versions, its record.
  uint64_t changes_on(std::string_view node) const;
  /// Grows with each change of anything that is the Service's own.
  uint64_t changes_of(const ServiceRef& service) const;

 private:
  friend class StateReader;  // state_reader.h: one key after the other into the tables

  registry::Keys keys_;
  StateKeys state_keys_;
  store::Revision revision_;
  int64_t last_event_ = 0;

  Table<std::string, model::Tenant> tenants_;
  Table<AppRef, model::App> apps_;
  Table<ServiceRef, model::Service> services_;
  Table<VersionRef, model::Version> versions_;
  Table<std::string, model::Task> tasks_;
  Table<std::string, model::Node> nodes_;
  Table<std::string, model::Site> sites_;
  Table<std::string, model::Deployment> deployments_;
  Table<std::string, model::Claim> claims_;
  Table<std::string, model::Token> tokens_;
  Table<std::string, model::Reply> replies_;
  Table<int64_t, model::EventBatch> events_;
  Stored<model::Leader> leader_;
  store::Revision heartbeat_;

  RegistryTable<ServiceRef, registry::Route> routes_;
  RegistryTable<EndpointRef, registry::Endpoint> endpoints_;
  RegistryTable<std::string, registry::GatewayRecord> gateways_;
  RegistryTable<std::string, registry::Barrier> barriers_;
  RegistryTable<std::string, registry::NodeRecord> node_records_;
  std::map<std::string, Unreadable, std::less<>> unreadable_;

  std::map<ServiceRef, std::set<std::string>> tasks_of_;
  std::map<std::string, std::set<std::string>, std::less<>> tasks_on_;
  std::map<ServiceRef, std::set<std::string>> deployments_of_;

  // Each change gets the next number. It goes on over load(), which changes everything.
  uint64_t changes_ = 0;
  uint64_t changed_all_ = 0;
  std::map<std::string, uint64_t, std::less<>> changed_nodes_;
  std::map<ServiceRef, uint64_t> changed_services_;
};

/// Not yet stopped, failed or lost.
bool is_live(const model::Task& task);
/// Running or paused.
bool is_running(const model::Deployment& deployment);

}  // namespace hancock::master
