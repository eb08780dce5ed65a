// balance: what one choice of a server costs, of each balancer: in itself, when one was tried already, when
// some rest, when all are new; with what comes of it (begin, answer, end); and as a worker makes it, with
// snapshot, levels and health. Prints a line of JSON a balancer: medians in nanoseconds.
//
//   bench_balance SERVERS
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>

#include "base/number.h"
#include "slardar/balance/balancers.h"
#include "slardar/upstream/slow_start.h"

namespace {

using namespace hancock;
using namespace hancock::slardar;
constexpr const char* kKinds[] = {"rr", "hash", "least_conn", "p2c", "ewma"};
constexpr int kRounds = 15;
constexpr int kPicks = 100'000;
constexpr size_t kInFlight = 64;  // tries at a time

uint32_t weight_of(size_t place) { return static_cast<uint32_t>(1 + place % 10); }

/// Who runs beside this is of no account, but for the caches.
double cpu_nanoseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// The median over rounds of what one call takes.
double nanoseconds(const std::function<void(int picks)>& run) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = cpu_nanoseconds();
    run(kPicks);
    rounds.push_back((cpu_nanoseconds() - begin) / kPicks);
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

/// One balancer whose servers are all at work.
class Bench {
 public:
  Bench(const char* kind, size_t servers) : balancer_((*find_balancer(kind))->make()), on_(kInFlight) {
    for (size_t i = 0; i < servers; ++i) servers_.push_back({random_.next(), weight_of(i)});
    balancer_->update(servers_);
    for (size_t place = 0; place < servers; ++place)
      balancer_->answered(place, std::chrono::microseconds(900 + random_.below(200)), now_);
    for (size_t& place : on_) balancer_->began(place = *balancer_->pick(choice({}, {})));
  }

  double pick(LeftOut left_out = {}, Shares shares = {}) {
    return nanoseconds([&](int picks) {
      for (int i = 0; i < picks; ++i) chosen_ += *balancer_->pick(choice(left_out, shares));
    });
  }
  double whole_try() {
    return nanoseconds([&](int picks) {
      for (int i = 0; i < picks; ++i) {
        const size_t place = *balancer_->pick(choice({}, {}));
        size_t& oldest = on_[static_cast<size_t>(i) % kInFlight];
        balancer_->began(place);
        balancer_->answered(oldest, 1ms, now_);
        balancer_->ended(oldest);
        oldest = place;
      }
    });
  }
  uint64_t chosen() const { return chosen_; }

 private:
  Choice choice(LeftOut left_out, Shares shares) {
    now_ += 10us;
    Choice choice;
    choice.left_out = left_out;
    choice.shares = shares;
    choice.key = key_ += 0x9e3779b97f4a7c15ULL;
    choice.now = now_;
    choice.random = &random_;
    return choice;
  }

  std::unique_ptr<Balancer> balancer_;
  std::vector<Weighted> servers_;
  std::vector<size_t> on_;  // tries, by place
  SeededRandom random_{1};
  TimePoint now_{1h};
  uint64_t key_ = 0;
  uint64_t chosen_ = 0;  // so that nobody finds out that it is for nothing
};

}  // namespace

int main(int argc, char** argv) {
  const auto servers = argc == 2 ? parse_number<size_t>(argv[1]) : std::nullopt;
  if (!servers || *servers < 2) {
    fmt::print(stderr, "usage: {} SERVERS\n", argv[0]);
    return 2;
  }
  std::vector<uint8_t> tried(*servers, 0);
  std::vector<uint8_t> resting(*servers, 0);
  tried[*servers / 2] = 1;
  for (size_t i = 0; i < *servers; i += 10) resting[i] = 1;
  const std::vector<uint32_t> cold(*servers, kFirstShare * 3);
  uint64_t chosen = 0;
  for (const char* kind : kKinds) {
    Bench bench(kind, *servers);
    const double pick = bench.pick();
    const double retry = bench.pick(tried);
    const double some = bench.pick(resting);
    const double young = bench.pick({}, cold);
    const double whole = bench.whole_try();
    fmt::print(
        "{{\"kind\":\"{}\",\"pick\":{:.0f},\"retry\":{:.0f},\"some\":{:.0f},\"young\":{:.0f},\"whole\":{:.0f}"
        "}}\n",
        kind, pick, retry, some, young, whole);
    chosen += bench.chosen();
  }
  return chosen == 0 ? 1 : 0;
}
