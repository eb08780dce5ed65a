#include "slardar/admin/status_report.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>
#include <tuple>

namespace hancock::slardar {
namespace {

/// What the workers count of a server, by upstream, address and Task; of one that is drained without
/// upstream.
class WorkersCounts {
 public:
  explicit WorkersCounts(const std::vector<WorkerStatus>& workers) {
    for (const WorkerStatus& worker : workers) {
      for (const PeerStatus& peer : worker.peers) add(worker, peer);
      for (const PeerStatus& peer : worker.leaving) add(worker, peer);
    }
  }

  void write_to(ServerReport& report, const std::string& upstream, const Server& server) const {
    const auto found = all_.find({upstream, server.address.to_string(), server.task});
    if (found == all_.end()) return;
    double latency_ms = 0;
    size_t answering = 0;
    for (const PeerStatus* peer : found->second.peers) {
      report.in_flight += peer->in_flight;
      report.idle += peer->idle;
      report.tries += peer->tries;
      report.failures += peer->failures;
      report.resting_in += peer->rests ? 1 : 0;
      report.share_percent = std::min(report.share_percent, peer->share_percent);
      if (!peer->last_failure.empty()) report.last_failure = peer->last_failure;
      if (peer->latency == Duration()) continue;
      latency_ms += std::chrono::duration<double, std::milli>(peer->latency).count();
      ++answering;
    }
    if (answering > 0) report.latency_ms = latency_ms / static_cast<double>(answering);
  }

 private:
  struct Counted {
    const WorkerStatus* last = nullptr;  // whose
    std::vector<const PeerStatus*> peers;
  };
  // A worker has one peer for an address that stands at several levels.
  void add(const WorkerStatus& worker, const PeerStatus& peer) {
    Counted& counted = all_[{peer.upstream, peer.name, peer.task}];
    if (std::exchange(counted.last, &worker) != &worker) counted.peers.push_back(&peer);
  }
  std::map<std::tuple<std::string, std::string, std::string>, Counted> all_;
};

class Reporter {
 public:
  explicit Reporter(const GatewayView& view) : view_(view), counts_(view.workers) {}

  UpstreamReport report(const Upstream& upstream) const {
    UpstreamReport made;
    made.name = upstream.name;
    if (upstream.balance) made.balance = upstream.balance->name;
    made.named = upstream.named;
    made.unresolved = upstream.unresolved;
    for (size_t i = 0; i < upstream.levels.size(); ++i) {
      LevelReport& level = made.levels.emplace_back();
      level.name = upstream.levels[i].name;
      const std::vector<Server>& servers = upstream.levels[i].servers;
      for (size_t place = 0; place < servers.size(); ++place) {
        ServerReport& server = level.servers.emplace_back(report_of(servers[place]));
        counts_.write_to(server, upstream.name, servers[place]);
        write_health(server, upstream, i, place);
      }
    }
    if (made.levels.empty()) made.levels.emplace_back();
    for (const Server& leaving : upstream.draining) {
      ServerReport& server = made.levels.front().servers.emplace_back(report_of(leaving));
      counts_.write_to(server, "", leaving);
      server.is_draining = true;
    }
    return made;
  }

 private:
  ServerReport report_of(const Server& server) const {
    ServerReport made;
    made.host = server.address.host();
    made.port = server.address.port();
    made.task = server.task;
    made.weight = server.weight;
    made.passive = server.passive;
    made.check.modified = view_.started;
    return made;
  }

  void write_health(ServerReport& server, const Upstream& upstream, size_t level, size_t place) const {
    const uint64_t identity = upstream.levels[level].servers[place].identity();
    if (const CheckReport* const known = view_.checks.find(upstream.key, identity)) server.check = *known;
    if (!upstream.health) return;
    const PeerHealth& health = *upstream.health->levels[level][place];
    server.recent_failures = health.recent_failures(view_.moment);
    server.out_for = std::max(health.out_until() - view_.moment, Duration(0));
  }

  const GatewayView& view_;
  const WorkersCounts counts_;
};

bool may_be_picked(const ServerReport& server) {
  const Condition condition = condition_of(server);
  return condition != Condition::kBad && condition != Condition::kLeaving;
}

}  // namespace

size_t UpstreamReport::servers() const {
  size_t count = 0;
  for (const LevelReport& level : levels) count += level.servers.size();
  return count;
}

size_t UpstreamReport::usable() const {
  size_t count = 0;
  for (const LevelReport& level : levels) {
    count += static_cast<size_t>(std::count_if(level.servers.begin(), level.servers.end(), may_be_picked));
  }
  return count;
}

Condition condition_of(const ServerReport& server) {
  if (server.is_draining) return Condition::kLeaving;
  if (server.check.verdict == Verdict::kErr || server.out_for > Duration(0)) return Condition::kBad;
  if (server.check.verdict == Verdict::kUnstable || server.resting_in > 0) return Condition::kUnstable;
  return server.check.verdict == Verdict::kOk ? Condition::kGood : Condition::kUnchecked;
}

std::string_view passive_state_of(const ServerReport& server) {
  if (server.out_for > Duration(0)) return "out";
  return server.resting_in > 0 ? "resting" : "fine";
}

Condition condition_of(const UpstreamReport& upstream) {
  if (upstream.usable() == 0) return Condition::kBad;
  Condition worst = upstream.unresolved.empty() ? Condition::kGood : Condition::kUnstable;
  for (const LevelReport& level : upstream.levels) {
    for (const ServerReport& each : level.servers) worst = std::max(worst, condition_of(each));
  }
  return worst;
}

std::vector<UpstreamReport> status_report(const GatewayView& view) {
  const Reporter reporter(view);
  std::vector<UpstreamReport> all;
  for (const UpstreamPtr& upstream : view.snapshot->upstreams) {
    if (upstream) all.push_back(reporter.report(*upstream));
  }
  return all;
}

std::string local_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", parts);
}

}  // namespace hancock::slardar
