#include "sim/run.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "sim/world.h"

namespace hancock::sim {
namespace {

Outcome run_once(uint64_t seed, Bug bug, size_t trace_lines) {
  World world(seed, bug, trace_lines);
  Outcome outcome;
  outcome.seed = seed;
  outcome.violation = world.run();
  outcome.trace.assign(world.ground.trace.lines().begin(), world.ground.trace.lines().end());
  outcome.steps = world.ground.timeline.steps();
  outcome.virtual_seconds = std::chrono::duration<double>(world.ground.timeline.elapsed()).count();
  return outcome;
}

}  // namespace

Outcome run_seed(uint64_t seed, Bug bug, size_t trace_lines) {
  Outcome outcome = run_once(seed, bug, 0);
  if (outcome.violation.empty() || trace_lines == 0) return outcome;
  Outcome traced = run_once(seed, bug, trace_lines);
  if (traced.violation != outcome.violation)
    traced.violation += " (and at the first run: " + outcome.violation + ": it does not replay)";
  return traced;
}

Summary run_seeds(SeedRange seeds, size_t threads, Bug bug) {
  Summary summary;
  std::mutex mutex;
  std::atomic<uint64_t> next = seeds.first;
  std::atomic<bool> has_failed = false;
  const auto work = [&] {
    while (!has_failed) {
      const uint64_t seed = next++;
      if (seed > seeds.last) return;
      Outcome outcome = run_seed(seed, bug);
      const std::lock_guard lock(mutex);
      ++summary.runs;
      summary.steps += outcome.steps;
      summary.virtual_seconds += outcome.virtual_seconds;
      if (outcome.violation.empty()) continue;
      has_failed = true;
      if (!summary.failure || seed < summary.failure->seed) summary.failure = std::move(outcome);
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& each : others) each.join();
  return summary;
}

}  // namespace hancock::sim
