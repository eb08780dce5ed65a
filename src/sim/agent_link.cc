// The Agent's talk with the Masters: its stream of assignments, and its reports.
#include <algorithm>
#include <utility>

#include "sim/agent.h"

namespace hancock::sim {
namespace {

constexpr Duration kReportTimeout = 5s;
constexpr Duration kSilenceMax = 8s;
constexpr Duration kLookAtSilence = 2s;
constexpr Duration kConnectAgainMin = 100ms;
constexpr Duration kConnectAgainMax = 3s;
constexpr Duration kReportAgain = 500ms;
constexpr Duration kReportGather = 20ms;
constexpr Duration kReportEvery = 2s;
constexpr uint32_t kFailuresMax = 3;

}  // namespace

void Agent::connect() {
  const uint64_t connection = ++connection_;
  is_connected_ = false;
  is_first_line_ = true;
  heard_ = ground_.timeline.now();
  const std::set<std::string> told = std::exchange(unreported_, {});
  send(report_of(told, true), told, [this, connection](bool taken) {
    if (connection != connection_) return;
    if (!taken) return disconnect();
    open_stream();
  });
}

void Agent::disconnect() {
  is_connected_ = false;
  ++connection_;
  master_ = (master_ + 1) % masters_.size();
  party_.after(ground_.between(kConnectAgainMin, kConnectAgainMax), [this, connection = connection_] {
    if (connection == connection_) connect();
  });
}

void Agent::open_stream() {
  const uint64_t connection = connection_;
  heard_ = ground_.timeline.now();
  Master& to = master();
  const auto is_open = std::make_shared<bool>(false);  // a connection is made once, whatever is repeated
  network_.send(party_, to.party(), [this, &to, connection, life = party_.life(), is_open] {
    if (!party_.is_up() || party_.life() != life || std::exchange(*is_open, true)) return;
    to.open_stream(party_, machine_.name(),
                   [this, connection](const model::AssignmentLine& line) { hear(connection, line); });
  });
  watch_silence(connection);
}

void Agent::watch_silence(uint64_t connection) {
  if (connection != connection_) return;
  if (ground_.timeline.now() - heard_ > kSilenceMax || failures_ >= kFailuresMax) {
    failures_ = 0;
    return disconnect();
  }
  party_.after(kLookAtSilence, [this, connection] { watch_silence(connection); });
}

void Agent::hear(uint64_t connection, const model::AssignmentLine& line) {
  if (connection != connection_) return;
  heard_ = ground_.timeline.now();
  const agent::NodeJournal& seen = machine_.node_journal;
  const bool is_behind = std::pair(line.epoch(), line.term()) < std::pair(seen.epoch, seen.term);
  if (is_behind || (is_first_line_ && !line.full())) return disconnect();
  const bool is_first = std::exchange(is_first_line_, false);
  take(line);
  if (!is_first) return;
  const std::set<std::string> told = std::exchange(unreported_, {});
  send(report_of(told, true), told, [this, connection](bool taken) {
    if (connection != connection_) return;
    if (!taken) return disconnect();
    is_connected_ = true;
    ground_.trace.say("{}: connected to {}", party_.name(), master().party().name());
    report_soon();
  });
}

void Agent::give_sign_of_life() {
  party_.after(kReportEvery, [this] { give_sign_of_life(); });
  report_soon();
}

void Agent::report_soon() {
  if (!is_connected_ || std::exchange(is_report_due_, true)) return;
  party_.after(kReportGather, [this] { report_changes(); });
}

void Agent::report_changes() {
  if (!is_connected_ || is_reporting_) {
    is_report_due_ = false;
    return;
  }
  is_reporting_ = true;
  const std::set<std::string> told = std::exchange(unreported_, {});
  send(report_of(told, false), told, [this](bool taken) {
    is_reporting_ = false;
    is_report_due_ = false;
    failures_ = taken ? 0 : failures_ + 1;
    if (taken && unreported_.empty()) return;
    party_.after(taken ? Duration(0) : kReportAgain, [this] { report_soon(); });
  });
}

void Agent::send(model::NodeReport report, std::set<std::string> told, std::function<void(bool)> done) {
  Master& to = master();
  std::function<void(Done<bool>)> handle = [&to, report = std::move(report)](const Done<bool>& answer) {
    to.report(report, answer);
  };
  network_.call<bool>(party_, to.party(), kReportTimeout, std::move(handle),
                      [this, told = std::move(told), done = std::move(done)](const Result<bool>& taken) {
                        if (!taken) unreported_.insert(told.begin(), told.end());
                        done(taken.has_value());
                      });
}

model::NodeReport Agent::report_of(const std::set<std::string>& told, bool is_full) {
  model::NodeReport report;
  report.set_node(machine_.name());
  report.set_epoch(machine_.node_journal.epoch);
  report.set_term(machine_.node_journal.term);
  report.set_revision(revision_);
  report.set_full(is_full);
  report.set_agent(fmt::format("{}-{}", machine_.boot_id(), party_.life()));
  report.set_sequence(++sequence_);
  for (const auto& [task, host] : tasks_)
    if (is_full ? !host->is_dismissed() : told.contains(task))
      *report.add_tasks() = host->report(host->record());
  if (!is_full) return report;
  report.set_site(machine_.site());
  report.set_address(machine_.address());
  report.set_version("1");
  report.set_boot_id(machine_.boot_id());
  report.mutable_capacity()->set_cpu_millis(1'000);
  report.mutable_capacity()->set_memory_bytes(uint64_t{1} << 30);
  report.mutable_capacity()->set_pids(100'000);
  return report;
}

}  // namespace hancock::sim
