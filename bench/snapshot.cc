// snapshot: what one change of the Registry costs a gateway that serves many Services: the record read and
// decoded, the snapshot built, one worker's swap. Prints a line of JSON for each kind of change: medians and
// 99th percentiles in microseconds.
//
//   bench_snapshot SERVICES ENDPOINTS_OF_EACH
#include "slardar/testing/records.h"
#include "swaps.h"

namespace {

using namespace hancock;
using namespace hancock::slardar;

constexpr size_t kChanges = 300;

class Bench {
 public:
  Bench(size_t services, size_t endpoints) : services_(services) {
    for (size_t s = 0; s < services; ++s) {
      put(route(s, 1));
      for (size_t e = 0; e < endpoints; ++e) put(endpoint(s, e, 20'001));
    }
    swaps_.publish();
  }

  void run(const std::string& what, const std::function<void(size_t)>& change) {
    swaps_.run(what, kChanges, change);
  }

  void endpoint_moves(size_t i) { put(endpoint(i % services_, 0, static_cast<uint16_t>(30'000 + i))); }
  void split_flips(size_t i) { put(route(i % services_, static_cast<int64_t>(i + 2))); }
  void service_comes(size_t i) { put(route(services_ + i, 1)); }
  void barrier_comes_and_goes(size_t i) {
    if (i % 2 == 0) {
      const auto barrier = testing::barrier_of("b", {endpoint(i % services_, 0, 1).task});
      swaps_.records.put(registry::Keys().barrier("b"), encode(barrier));
    } else {
      swaps_.records.remove(registry::Keys().barrier("b"));
    }
  }

 private:
  static std::string name(size_t service) { return fmt::format("s{}", service); }
  static registry::Route route(size_t service, int64_t generation) {
    auto record = testing::route_of(name(service), {name(service) + ".shop.test"});
    record.generation = generation;
    return record;
  }
  static registry::Endpoint endpoint(size_t service, size_t index, uint16_t port) {
    auto record = testing::endpoint_of(name(service), fmt::format("{}-{}", name(service), index), port);
    record.address = fmt::format("10.{}.{}.{}", service / 250, service % 250, index + 1);
    return record;
  }
  template <class Record>
  void put(const Record& record) {
    swaps_.records.put(testing::key_of(record), encode(record));
  }

  const size_t services_;
  bench::Swaps swaps_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: {} SERVICES ENDPOINTS_OF_EACH\n", argv[0]);
    return 2;
  }
  Bench bench(std::stoul(argv[1]), std::stoul(argv[2]));
  bench.run("an endpoint moves", [&](size_t i) { bench.endpoint_moves(i); });
  bench.run("a split flips", [&](size_t i) { bench.split_flips(i); });
  bench.run("a barrier comes or goes", [&](size_t i) { bench.barrier_comes_and_goes(i); });
  bench.run("a Service comes", [&](size_t i) { bench.service_comes(i); });
}
