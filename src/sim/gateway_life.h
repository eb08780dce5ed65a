// What a simulated gateway keeps in memory: gone with its life. One thread.
#pragma once

#include <map>

#include "sim/gateway.h"

namespace hancock::sim {

struct Worker {
  explicit Worker(size_t number, uint64_t seed) : traffic(number, seed) {}
  slardar::Traffic traffic;
  std::map<uint64_t, slardar::Pick> picks;  // visitors under way; gone before `traffic`
};

struct Gateway::Life {
  Life() : acknowledgement(kWorkers) {
    for (size_t i = 0; i < kWorkers; ++i) workers.push_back(std::make_unique<Worker>(i, i + 1));
  }

  slardar::RecordSet records;
  slardar::SnapshotBuilder builder;
  store::Revision revision;  // of records
  bool has_loaded = false;   // since the lease was made
  std::shared_ptr<StoreServer::Watch> watch;

  slardar::SnapshotPtr snapshot = std::make_shared<const slardar::Snapshot>();
  std::vector<std::unique_ptr<Worker>> workers;
  slardar::Acknowledgement acknowledgement;
  uint64_t current_from = UINT64_MAX;  // number of the first snapshot since the lease was made
  uint64_t visitors = 0;
  bool is_publishing = false;
  bool is_saving = false;

  uint64_t announcement = 0;  // its number: grows with each lease that is asked for
  store::LeaseId lease;
  bool is_announced = false;
  registry::GatewayRecord last;  // that was put
  store::Revision last_revision;
  bool is_putting = false;
  bool is_put_due = false;
};

}  // namespace hancock::sim
