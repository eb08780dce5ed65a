// hancock_sim: runs seeds of the simulator. docs/simulation.md.
#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include "base/log.h"
#include "sim/run.h"

namespace {

using hancock::sim::Bug;
using hancock::sim::Outcome;

void print(const Outcome& outcome) {
  for (const std::string& line : outcome.trace) fmt::print("{}\n", line);
  if (outcome.violation.empty())
    fmt::print("seed {}: well: {} steps, {:.0f} s of virtual time\n", outcome.seed, outcome.steps,
               outcome.virtual_seconds);
  else
    fmt::print("seed {}: VIOLATED: {}\nReplay: hancock_sim --seed {}\n", outcome.seed, outcome.violation,
               outcome.seed);
}

int run_many(hancock::sim::SeedRange seeds, size_t threads, Bug bug) {
  const auto begin = std::chrono::steady_clock::now();
  const auto summary = hancock::sim::run_seeds(seeds, threads, bug);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (summary.failure) print(*summary.failure);
  fmt::print("{} runs, {} steps, {:.1f} h of virtual time in {:.1f} s\n", summary.runs, summary.steps,
             summary.virtual_seconds / 3600, seconds);
  return summary.failure ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A whole cluster on virtual time, from one seed");
  uint64_t seed = 0;
  std::string seeds = "1-200";
  std::string bug_name;
  size_t threads = std::max(1U, std::thread::hardware_concurrency());
  size_t lines = 200;
  auto* one = app.add_option("--seed", seed, "replay this one, and print its last steps when it fails");
  app.add_option("--seeds", seeds, "FIRST-LAST")->capture_default_str();
  app.add_option("--threads", threads, "over seeds")->capture_default_str();
  app.add_option("--trace", lines, "lines of the trace")->capture_default_str();
  app.add_option("--bug", bug_name, "build a mistake in, to see it caught");
  CLI11_PARSE(app, argc, argv);

  hancock::log::set_level(hancock::log::Level::kError);
  const auto bug = bug_name.empty() ? Bug::kNone : hancock::sim::find_bug(bug_name);
  hancock::sim::SeedRange range;
  if (!bug || std::sscanf(seeds.c_str(), "%lu-%lu", &range.first, &range.last) != 2) {
    fmt::print(stderr, "--bug is one of:");
    for (const auto& each : hancock::sim::kBugs) fmt::print(stderr, " {}", each.name);
    fmt::print(stderr, "; --seeds is FIRST-LAST\n");
    return 2;
  }
  if (one->count() == 0) return run_many(range, threads, *bug);
  const Outcome outcome = hancock::sim::run_seed(seed, *bug, lines);
  print(outcome);
  return outcome.violation.empty() ? 0 : 1;
}
