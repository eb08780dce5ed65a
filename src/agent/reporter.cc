#include "agent/reporter.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "model/json.h"

namespace hancock::agent {
namespace {

constexpr Duration kGather = 3ms;    // changes that come together go together
constexpr Duration kHeartbeat = 2s;  // when nothing changes
constexpr Duration kReportTimeout = 5s;
constexpr Duration kReportAgainFirst = 100ms;
constexpr Duration kReportAgainMax = 2s;

}  // namespace

void Reporter::changed(const std::string& task) {
  dirty_.insert(task);
  wake_.set();
}

void Reporter::node_changed() {
  part_ = std::max(part_, Part::kTasksAndNode);
  wake_.set();
}

void Reporter::everything_changed() {
  part_ = Part::kEverything;
  wake_.set();
}

void Reporter::set_connected(bool connected) {
  connected_ = connected;
  if (connected) wake_.set();
}

io::Async<Result<void>> Reporter::report_all() { return tell(Part::kEverything); }

/// What is due, and `part` with it.
io::Async<Result<void>> Reporter::tell(Part part) {
  while (sending_) co_await idle_.wait(loop_.now() + kReportTimeout);
  sending_ = true;
  const std::set<std::string> told = std::exchange(dirty_, {});
  part = std::max(part, std::exchange(part_, Part::kTasks));
  model::NodeReport report;
  fill_(report, told, part);
  report.set_agent(start_);
  report.set_sequence(++sequence_);
  auto sent = co_await send(std::move(report));
  sending_ = false;
  idle_.set();
  if (sent) co_return sent;
  dirty_.insert(told.begin(), told.end());
  const bool was_late = sent.error().code == ErrorCode::kConflict;
  part_ = std::max({part_, part, was_late ? Part::kEverything : Part::kTasks});
  co_return sent;
}

io::Async<void> Reporter::run() {
  Duration retry = kReportAgainFirst;
  while (true) {
    co_await wake_.wait(loop_.now() + kHeartbeat);
    co_await loop_.sleep_for(kGather);
    if (!connected_) continue;
    auto sent = co_await tell(Part::kTasks);
    failures_ = sent ? 0 : failures_ + 1;
    if (sent) {
      retry = kReportAgainFirst;
      continue;
    }
    log::warn("agent", "a report was not taken: {}", sent.error().message);
    co_await loop_.sleep_for(retry);
    retry = std::min(retry * 2, kReportAgainMax);
    wake_.set();
  }
}

io::Async<Result<void>> Reporter::send(model::NodeReport report) {
  http::RequestHead head = masters_.request("POST", "/report");
  head.headers.add("Content-Type", "application/json");
  std::string body = model::to_json(report);
  auto answer = co_await client_.fetch(masters_.current(), std::move(head), std::move(body),
                                       loop_.now() + kReportTimeout);
  if (!answer) co_return forward_error(answer, "Master " + masters_.current().to_string());
  if (answer->status / 100 == 2) co_return Result<void>{};
  const ErrorCode code = answer->status == 401 || answer->status == 403 ? ErrorCode::kDenied
                         : answer->status == 409                        ? ErrorCode::kConflict
                                                                        : ErrorCode::kUnavailable;
  co_return fail(code, "Master {} answers {}: {}", masters_.current().to_string(), answer->status,
                 answer->body.substr(0, 300));
}

}  // namespace hancock::agent
