// Answers: how the Tasks of one Version have answered, as gateways count it while two Versions of a Service
// share its visitors. What a new Version is judged by (docs/spec.md, "evidence"). Values only; any thread.
#pragma once

#include <cstdint>
#include <map>

#include "base/clock.h"

namespace hancock::registry {

/// Latencies are counted in steps, each an eighth of a doubling long: from 100 us to 100 s, what is less in
/// the first and what is more in the last.
inline constexpr uint32_t kLatencySteps = 162;
uint32_t latency_step(Duration latency);
/// Where that step begins; of kLatencySteps: where the last one would end.
Duration latency_begin(uint32_t step);

struct Answers {
  uint64_t requests = 0;               // that visitors got an answer to
  uint64_t failed = 0;                 // of them, those answered with 500 or above
  std::map<uint32_t, uint64_t> heads;  // latency step -> answers whose head took so long

  void merge(const Answers& other);
  friend bool operator==(const Answers&, const Answers&) = default;
};

/// Version -> its own.
using AnswersByVersion = std::map<uint32_t, Answers>;

}  // namespace hancock::registry
