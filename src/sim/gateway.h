// Gateway: a simulated slardar: the real RecordSet, SnapshotBuilder, Traffic and Acknowledgement, with
// workers that swap late; slardar/session.h, presence.h and confd.h without their coroutines. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/names.h"
#include "sim/store_server.h"
#include "slardar/confd/acknowledgement.h"
#include "slardar/confd/snapshot_builder.h"
#include "slardar/upstream/traffic.h"

namespace hancock::sim {

/// Where a worker may send a visitor.
struct Target {
  std::string task;
  std::string address;
  uint16_t port = 0;
  model::ServiceRef service;
};

class Gateway {
 public:
  static constexpr size_t kWorkers = 2;

  /// `swapped` is called when a worker has begun to pick by another snapshot.
  Gateway(Ground& ground, Network& network, StoreServer& store, std::string name,
          std::function<void(const Gateway&)> swapped);
  ~Gateway();

  Party& party() { return party_; }
  const std::string& id() const { return id_; }
  /// A new life, with what the last one left on disk. `refuses_routes`: until it ends, it takes no new route.
  void start(bool refuses_routes);
  void kill();
  bool refuses_routes() const { return refuses_routes_; }

  /// Of all workers.
  const std::vector<Target>& targets() const { return targets_; }
  /// Tries that are under way.
  uint64_t in_flight(const std::string& task) const;
  /// Its workers pick by the Registry as it was at that revision, or later.
  store::Revision applied() const;

 private:
  struct Life;

  void announce();
  void announce_again(uint64_t announcement);
  void lose(uint64_t announcement);
  void gone_at(store::Revision revision);
  void put_presence(uint64_t announcement);
  void keep_alive(uint64_t announcement);
  void load();
  void take(const std::vector<store::WatchEvent>& events, store::Revision revision);
  bool put(const store::KeyValue& item);
  void publish_soon();
  void publish(store::Revision revision);
  void apply(size_t worker, slardar::SnapshotPtr snapshot);
  void find_targets();
  void cold_start();
  void save_soon();
  void acknowledge();
  void put_record();
  void look_at_record(uint64_t announcement);
  store::Transaction transaction_of(const registry::GatewayRecord& record) const;
  registry::GatewayRecord record() const;
  bool is_worth_putting(const registry::GatewayRecord& record) const;
  void receive_visitor();

  Ground& ground_;
  Network& network_;
  StoreServer& store_;
  Party party_;
  std::function<void(const Gateway&)> swapped_;
  registry::Keys keys_;
  std::string id_;
  bool refuses_routes_ = false;
  std::unique_ptr<Life> life_;
  std::vector<Target> targets_;

  // On disk.
  std::vector<std::pair<std::string, std::string>> saved_;
  store::Revision saved_revision_;
};

}  // namespace hancock::sim
