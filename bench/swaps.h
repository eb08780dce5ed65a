// Swaps: a Registry in memory, a snapshot builder and one worker's traffic, and what changes cost there: the
// record read and decoded, the snapshot built, the worker's swap. Processor time: what else runs does not
// count.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/cpu_time.h"
#include "slardar/confd/snapshot_builder.h"
#include "slardar/upstream/traffic.h"

namespace hancock::bench {

class Swaps {
 public:
  slardar::RecordSet records;

  void publish() {
    present_ = build();
    traffic_.apply(present_, TimePoint());
  }

  /// Makes so many changes, and prints a line of JSON: medians and 99th percentiles in microseconds.
  void run(const std::string& what, size_t changes, const std::function<void(size_t)>& change) {
    std::vector<double> reads;
    std::vector<double> builds;
    std::vector<double> swaps;
    for (size_t i = 0; i < changes; ++i) {
      Duration begin = thread_cpu_time();
      change(i);
      reads.push_back(since(begin));
      begin = thread_cpu_time();
      slardar::SnapshotPtr next = build();
      builds.push_back(since(begin));
      begin = thread_cpu_time();
      traffic_.apply(next, TimePoint());
      swaps.push_back(since(begin));
      present_ = std::move(next);
    }
    fmt::print("{{\"change\":\"{}\",\"read_us\":[{},{}],\"build_us\":[{},{}],\"swap_us\":[{},{},{}]}}\n",
               what, at(reads, 0.5), at(reads, 0.99), at(builds, 0.5), at(builds, 0.99), at(swaps, 0.5),
               at(swaps, 0.99), at(swaps, 1));
  }

 private:
  static double since(Duration begin) {
    return std::chrono::duration<double, std::micro>(thread_cpu_time() - begin).count();
  }
  static std::string at(std::vector<double> times, double share) {
    std::sort(times.begin(), times.end());
    return fmt::format("{:.0f}", times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))]);
  }
  slardar::SnapshotPtr build() {
    return std::make_shared<const slardar::Snapshot>(
        builder_.build(records, records.take_changes(), store::Revision(1), ++number_));
  }

  slardar::SnapshotBuilder builder_;
  uint64_t number_ = 0;
  slardar::Traffic traffic_{0, 1};
  slardar::SnapshotPtr present_;
};

}  // namespace hancock::bench
