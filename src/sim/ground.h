// Ground: what every part of one run stands on: time, chance, weather, the trace, and who watches. One
// thread.
#pragma once

#include <string>

#include "base/random.h"
#include "sim/bug.h"
#include "sim/timeline.h"
#include "sim/trace.h"
#include "sim/weather.h"

namespace hancock::sim {

struct Ground {
  Ground(uint64_t seed, Bug built_in, size_t trace_lines)
      : dice(seed), bug(built_in), weather(any_weather(dice)), trace(timeline, trace_lines) {}
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;

  bool one_in(uint64_t n) { return dice.below(n) == 0; }
  bool of_thousand(uint64_t n) { return n > 0 && dice.below(1000) < n; }
  Duration between(Duration least, Duration most) {
    return least + std::chrono::microseconds(
                       dice.below(static_cast<uint64_t>((most - least) / std::chrono::microseconds(1)) + 1));
  }
  /// What must never happen has; the first one counts.
  void violated(std::string what) {
    trace.say("VIOLATED: {}", what);
    if (violation.empty()) violation = std::move(what);
  }

  Timeline timeline;
  SeededRandom dice;
  Bug bug;
  Weather weather;
  Trace trace;
  std::string violation;
};

}  // namespace hancock::sim
