// Latencies: how long requests took, kept one by one. One thread.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "base/clock.h"

namespace hancock::load {

class Latencies {
 public:
  void add(Duration latency) {
    microseconds_.push_back(
        static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(latency).count()));
  }
  /// {"requests", "p50_ms", "p99_ms", "p999_ms", "max_ms"}; of none: {"requests": 0}. A percentile is the
  /// smallest one that so many of a hundred (a thousand) do not exceed.
  nlohmann::json summary() const;

 private:
  std::vector<uint32_t> microseconds_;
};

}  // namespace hancock::load
