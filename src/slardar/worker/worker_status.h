// WorkerStatus: a copy of what one worker counts, made in its thread for the status page and the metrics.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "slardar/routing/labels.h"
#include "slardar/worker/counters.h"

namespace hancock::slardar {

struct PeerStatus {
  std::string upstream;
  std::string name;  // "10.0.0.1:8080"
  std::string task;
  CodeCounts codes;
  uint64_t in_flight = 0;
  uint64_t idle = 0;
  uint64_t tries = 0;
  uint64_t failures = 0;
  std::string last_failure;
  bool rests = false;            // it cannot be reached, or is ejected
  uint32_t share_percent = 100;  // of its weight, by slow start
  Duration latency{0};           // of its answers' heads, on average; 0: there was none
};

struct WorkerStatus {
  size_t worker = 0;
  uint64_t snapshot = 0;
  Counters counters;
  uint64_t peer_connections = 0;
  uint64_t borrowed_buffers = 0;
  std::map<Labels, CodeCounts> requests;
  std::map<std::string, uint64_t> script_errors;  // by the hot code's name
  std::vector<PeerStatus> peers;                  // that may be picked
  std::vector<PeerStatus> leaving;  // that may not, and have something in flight still; of no upstream
};

}  // namespace hancock::slardar
