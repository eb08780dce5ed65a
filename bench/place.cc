// place: how long the pure scheduler takes to place 100,000 Tasks of some Services on 5,000 Nodes of ten
// Sites. Prints a line of JSON a shape: median and maximum of five runs, in milliseconds of processor time
// (it waits for nothing, and others on the machine do not count).
#include "master/core/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <deque>
#include <vector>

namespace {

using namespace hancock;
using namespace hancock::master;

constexpr size_t kNodes = 5'000;
constexpr size_t kTasks = 100'000;
constexpr int kRuns = 5;
constexpr uint64_t kMi = 1 << 20;

/// No two alike: 8 to 32 CPUs, up to half of them in use.
struct Fleet {
  std::deque<model::Node> nodes;
  Rooms rooms;

  explicit Fleet(Random& random) {
    for (size_t i = 0; i < kNodes; ++i) {
      model::Node& node = nodes.emplace_back();
      node.set_name(fmt::format("node-{}", i));
      node.set_site(fmt::format("site-{}", i % 10));
      (*node.mutable_labels())["disk"] = i % 3 == 0 ? "hdd" : "ssd";
      const uint64_t cpus = 8 + random.below(25);
      node.mutable_capacity()->set_cpu_millis(cpus * 1000);
      node.mutable_capacity()->set_memory_bytes(cpus * 4096 * kMi);
      node.mutable_capacity()->set_pids(100'000);
      node.mutable_capacity()->set_tasks(1'000);
      Room& room = rooms[node.name()];
      room.node = &node;
      room.is_open = true;
      room.cpu_millis = random.below(cpus * 500);
      room.memory_bytes = random.below(cpus * 2048 * kMi);
    }
  }
};

model::ServiceSpec make_spec(size_t number) {
  model::ServiceSpec spec;
  spec.mutable_resources()->set_cpu_millis(50 + number % 4 * 50);
  spec.mutable_resources()->set_memory_bytes((32 + number % 3 * 32) * kMi);
  spec.mutable_resources()->set_pids(64);
  if (number % 2 == 1) spec.mutable_placement()->set_spread(model::SPREAD_SITE);
  if (number % 5 == 4) (*spec.mutable_placement()->mutable_labels())["disk"].add_values("ssd");
  return spec;
}

double processor_ms() { return static_cast<double>(std::clock()) * 1e3 / CLOCKS_PER_SEC; }

/// Milliseconds; everything must find a place.
double place_all(size_t services, uint64_t seed) {
  SeededRandom random(seed);
  Fleet fleet(random);
  std::vector<model::ServiceSpec> specs;
  for (size_t i = 0; i < services; ++i) specs.push_back(make_spec(i));
  const double started = processor_ms();
  for (const model::ServiceSpec& spec : specs) {
    const Placement placement = place(fleet.rooms, Want{spec, kTasks / services, {}, {}}, random);
    if (placement.problem.empty()) continue;
    fmt::print(stderr, "{}\n", placement.problem);
    std::exit(1);
  }
  return processor_ms() - started;
}

}  // namespace

int main() {
  for (const size_t services : {1, 10, 100, 1000}) {
    std::vector<double> runs;
    for (int run = 1; run <= kRuns; ++run) runs.push_back(place_all(services, static_cast<uint64_t>(run)));
    std::sort(runs.begin(), runs.end());
    fmt::print("{{\"nodes\":{},\"tasks\":{},\"services\":{},\"median_ms\":{:.0f},\"max_ms\":{:.0f}}}\n",
               kNodes, kTasks, services, runs[kRuns / 2], runs.back());
  }
}
