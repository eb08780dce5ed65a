#include "load/latencies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hancock::load {

nlohmann::json Latencies::summary() const {
  nlohmann::json summary{{"requests", microseconds_.size()}};
  if (microseconds_.empty()) return summary;
  std::vector<uint32_t> sorted = microseconds_;
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](size_t of_a_thousand) {
    const size_t rank = (sorted.size() * of_a_thousand + 999) / 1000;
    return sorted[rank - 1] / 1000.0;
  };
  summary["p50_ms"] = at(500);
  summary["p99_ms"] = at(990);
  summary["p999_ms"] = at(999);
  summary["max_ms"] = at(1000);
  return summary;
}

}  // namespace hancock::load
