// Runs of Worlds: one seed, or many on several threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/bug.h"

namespace hancock::sim {

struct Outcome {
  uint64_t seed = 0;
  std::string violation;           // "": everything held
  std::vector<std::string> trace;  // the last lines of a run that failed
  uint64_t steps = 0;
  double virtual_seconds = 0;
};

/// A run that failed is made once more for its trace.
Outcome run_seed(uint64_t seed, Bug bug = Bug::kNone, size_t trace_lines = 200);

struct SeedRange {
  uint64_t first = 1;
  uint64_t last = 0;
};
struct Summary {
  uint64_t runs = 0;
  uint64_t steps = 0;
  double virtual_seconds = 0;
  std::optional<Outcome> failure;  // of the lowest seed that failed
};
/// Stops soon after the first failure.
Summary run_seeds(SeedRange seeds, size_t threads, Bug bug = Bug::kNone);

}  // namespace hancock::sim
