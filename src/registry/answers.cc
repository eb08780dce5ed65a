#include "registry/answers.h"

#include <algorithm>
#include <cmath>

namespace hancock::registry {
namespace {

constexpr Duration kFirst = std::chrono::microseconds(100);
constexpr double kStepsPerDoubling = 8;

}  // namespace

uint32_t latency_step(Duration latency) {
  if (latency < kFirst) return 0;
  const double doublings =
      std::log2(static_cast<double>(latency.count()) / static_cast<double>(kFirst.count()));
  return std::min(kLatencySteps - 1, static_cast<uint32_t>(doublings * kStepsPerDoubling) + 1);
}

Duration latency_begin(uint32_t step) {
  if (step == 0) return Duration(0);
  const double times = std::exp2((step - 1) / kStepsPerDoubling);
  return Duration(static_cast<int64_t>(static_cast<double>(kFirst.count()) * times));
}

void Answers::merge(const Answers& other) {
  requests += other.requests;
  failed += other.failed;
  for (const auto& [step, count] : other.heads) heads[step] += count;
}

}  // namespace hancock::registry
