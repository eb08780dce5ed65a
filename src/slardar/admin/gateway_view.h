// GatewayView: what the status page, the routes and the metrics are written from: one consistent look at the
// control thread's state and a copy of what each worker counts. Values only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "slardar/check/check_reports.h"
#include "slardar/routing/snapshot.h"
#include "slardar/worker/worker_status.h"

namespace hancock::slardar {

struct GatewayView {
  struct Listener {
    std::string kind;     // "http" or "tcp"
    std::string address;  // as bound
    std::string serves;   // "" for http; the upstream's name or the route's key for tcp
  };
  std::string id;
  std::string site;
  WallTime started;
  WallTime now;
  TimePoint moment;       // the same by the clock of deadlines
  SnapshotPtr snapshot;   // the one published last
  std::string conf_hash;  // of the records that it was built from: the same in all who serve the same
  CheckReports checks;    // of its servers
  std::map<std::string, uint64_t> check_script_errors;  // by the code's name
  std::vector<Listener> listeners;

  bool in_touch = false;
  bool ready = false;
  bool draining = false;
  bool from_disk = false;     // the snapshot comes from disk
  int64_t revision = 0;       // that the Registry was read up to
  double lag_seconds = 0;     // since something of it was heard
  uint64_t failed_saves = 0;  // of the snapshot, to the disk
  uint64_t log_dropped = 0;   // lines of the access log
  std::string last_error;
  registry::Position applied;

  size_t workers_wanted = 0;
  std::vector<WorkerStatus> workers;  // those that answered in time
};

/// Pure writers of one document each.
std::string status_json(const GatewayView& view);
std::string routes_json(const GatewayView& view);
/// Prometheus' text format.
std::string metrics_text(const GatewayView& view);

}  // namespace hancock::slardar
