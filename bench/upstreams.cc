// upstreams: what one change of an operator's upstream costs a gateway that has many of them. Prints a line
// of JSON for each kind of change: medians and 99th percentiles in microseconds.
//
//   bench_upstreams UPSTREAMS SERVERS_OF_EACH
#include "base/number.h"
#include "swaps.h"

namespace {

using namespace hancock;

constexpr size_t kChanges = 500;

class Bench {
 public:
  Bench(size_t upstreams, size_t servers) : upstreams_(upstreams), servers_(servers) {
    for (size_t u = 0; u < upstreams_; ++u) put(u, "rr", 80);
    swaps_.publish();
  }
  void run() {
    for (const char* mode : {"rr", "hash", "least_conn", "p2c", "ewma"})
      swaps_.run(fmt::format("a server moves: {}", mode), kChanges,
                 [&](size_t i) { put(i % kMoving, mode, static_cast<uint16_t>(1'000 + i / kMoving)); });
    swaps_.run("an upstream comes or goes", kChanges, [&](size_t i) {
      if (i % 2 == 0) return put(upstreams_, "rr", 80);
      swaps_.records.remove(key(upstreams_));
    });
  }

 private:
  static constexpr size_t kMoving = 100;  // upstreams that change, one after the other

  std::string key(size_t upstream) const {
    return fmt::format("{}u{}.test", swaps_.records.keys().upstreams(), upstream);
  }
  /// `port`: of its first server.
  void put(size_t upstream, const char* mode, uint16_t port) {
    std::string list;
    for (size_t i = 0; i < servers_; ++i)
      list += fmt::format(R"({}{{"host":"10.{}.{}.{}","port":{},"weight":{}}})", i == 0 ? "" : ",",
                          upstream / 250, upstream % 250, i + 1, i == 0 ? port : 80, 1 + i % 10);
    swaps_.records.put(key(upstream), fmt::format(R"({{"servers":[{}],"mode":"{}"}})", list, mode));
  }

  const size_t upstreams_;
  const size_t servers_;
  bench::Swaps swaps_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto upstreams = argc == 3 ? parse_number<size_t>(argv[1]) : std::nullopt;
  const auto servers = argc == 3 ? parse_number<size_t>(argv[2]) : std::nullopt;
  if (!upstreams || !servers || *servers > 250) {
    fmt::print(stderr, "usage: {} UPSTREAMS SERVERS_OF_EACH\n", argv[0]);
    return 2;
  }
  Bench(*upstreams, *servers).run();
}
