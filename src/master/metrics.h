// Metrics: what the brain counts of its own work, as Prometheus text together with what State shows.
//
// Loop's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/clock.h"
#include "master/core/state.h"
#include "master/leadership.h"

namespace hancock::master {

class Metrics {
 public:
  void count_request(int status) { ++requests_[status]; }
  void observe_transaction(Duration took);
  void count_set_aside() { ++set_aside_; }

  /// Names as in docs/api.md, "Metrics".
  std::string render(const State& state, const Leadership& leadership) const;

 private:
  static constexpr std::array<double, 9> kBoundsS{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0};

  std::map<int, uint64_t> requests_;                          // by status
  std::array<uint64_t, kBoundsS.size() + 1> transactions_{};  // by duration
  double transactions_s_ = 0;
  uint64_t set_aside_ = 0;
};

}  // namespace hancock::master
