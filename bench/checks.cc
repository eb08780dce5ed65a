// checks: what it costs the control thread to check many servers: its share of a core, the checks a second,
// and how long a server waits for its next check, over a few rounds. Servers are addresses of loopback behind
// one listener, in a thread of its own. Prints a line of JSON.
//
//   bench_checks SERVERS INTERVAL_S ROUNDS
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <ctime>
#include <thread>

#include "base/log.h"
#include "base/number.h"
#include "slardar/check/checker.h"
#include "slardar/confd/health_table.h"

namespace {

using namespace hancock;
using namespace hancock::slardar;

constexpr size_t kServersOfOne = 20;

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

io::Async<void> sleep(io::Loop& loop, Duration span) { co_await loop.sleep_for(span); }

/// Takes connections and lets them go.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto any = *io::Address::parse("0.0.0.0:0");
    ::bind(socket_.get(), any.data(), any.size());
    ::listen(socket_.get(), 4096);
    thread_ = std::thread([this] {
      for (int taken = 0; taken >= 0;) {
        taken = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        const UniqueFd connection(taken);
        if (taken >= 0) ++accepted_;
      }
    });
  }
  ~Listener() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }
  uint16_t port() const { return io::Address::of_socket(socket_.get(), ::getsockname).port(); }
  uint64_t accepted() const { return accepted_; }

 private:
  UniqueFd socket_;
  std::atomic<uint64_t> accepted_ = 0;
  std::thread thread_;
};

SnapshotPtr snapshot_of(size_t servers, Duration interval, uint16_t port, HealthTable& health) {
  auto snapshot = std::make_shared<Snapshot>();
  for (size_t first = 0; first < servers; first += kServersOfOne) {
    Upstream upstream;
    upstream.name = upstream.key = fmt::format("upstream-{}", first);
    upstream.check.interval = std::chrono::duration_cast<std::chrono::milliseconds>(interval);
    Upstream::Level& level = upstream.levels.emplace_back();
    for (size_t i = first; i < std::min(servers, first + kServersOfOne); ++i) {
      const std::string ip = fmt::format("127.{}.{}.{}", i / 62'500 + 1, i / 250 % 250, i % 250 + 1);
      level.servers.push_back({*io::Address::of(ip, port), {}});
    }
    upstream.health = health.of(upstream.key, upstream.levels);
    snapshot->upstreams.push_back(std::make_shared<const Upstream>(std::move(upstream)));
  }
  return snapshot;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const auto servers = parse_number<size_t>(argv[1]).value_or(0);
  const Duration interval = std::chrono::seconds(parse_number<int>(argv[2]).value_or(1));
  const Duration span = interval * parse_number<int>(argv[3]).value_or(1);

  Listener listener;
  io::Loop loop;
  HealthTable health;
  Checker checker(loop, 1);
  log::set_level(log::Level::kWarn);
  checker.apply(snapshot_of(servers, interval, listener.port(), health));
  loop.block_on(sleep(loop, 2 * interval));  // the first checks come all within a second
  const uint64_t before = listener.accepted();
  const TimePoint begin = loop.now();
  const double cpu = cpu_seconds();
  loop.block_on(sleep(loop, span));
  const double used = cpu_seconds() - cpu;
  const double elapsed = std::chrono::duration<double>(loop.now() - begin).count();
  size_t well = 0;
  for (const auto& [upstream, reports] : checker.reports().upstreams)
    for (const auto& [server, report] : reports) well += report.verdict == Verdict::kOk;
  fmt::print(
      "{{\"servers\":{},\"well\":{},\"checks_per_second\":{:.0f},\"core_percent\":{:.1f},\"us_per_check\":{:."
      "1f}}}\n",
      servers, well, static_cast<double>(listener.accepted() - before) / elapsed, 100 * used / elapsed,
      1e6 * used / static_cast<double>(listener.accepted() - before));
  return 0;
}
