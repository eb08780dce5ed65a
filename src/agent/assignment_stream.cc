#include "agent/assignment_stream.h"

#include "agent/task/task_logic.h"
#include "base/log.h"
#include "model/json.h"

namespace hancock::agent {
namespace {

constexpr Duration kAnswerTimeout = 5s;
constexpr Duration kSilenceMax = 8s;  // a leader gives a sign of life every 2 s
constexpr size_t kLineBytesMax = 64UL << 20;
constexpr Duration kConnectAgainFirst = 100ms;
constexpr Duration kConnectAgainMax = 5s;
constexpr uint32_t kReportFailuresMax = 3;  // then the Master is not the right one

}  // namespace

io::Async<void> AssignmentStream::run() {
  uint32_t failures = 0;
  std::string last_problem;
  while (true) {
    auto end = co_await connect_and_listen();
    if (connected_) failures = 0;
    set_connected(false);
    const std::string problem = end ? "it ended the stream" : end.error().message;
    if (problem != last_problem || failures == 0) {
      log::warn("agent", "not connected to Master {}: {}", masters_.current().to_string(), problem);
    }
    last_problem = problem;
    masters_.next();
    co_await loop_.sleep_for(backoff(++failures, kConnectAgainFirst, kConnectAgainMax, random_));
  }
}

void AssignmentStream::set_connected(bool connected) {
  if (connected && !connected_) log::info("agent", "connected to Master {}", masters_.current().to_string());
  connected_ = connected;
  reporter_.set_connected(connected);
}

io::Async<Result<void>> AssignmentStream::connect_and_listen() {
  // The Node exists for the Masters from its first report on.
  auto introduced = co_await reporter_.report_all();
  if (!introduced) co_return introduced;
  const TimePoint deadline = loop_.now() + kAnswerTimeout;
  auto call = co_await client_.open(masters_.current(), masters_.request("GET", "/assignments"), deadline);
  if (!call) co_return forward_error(call);
  auto sent = co_await (*call)->finish(deadline);
  if (!sent) co_return sent;
  auto head = co_await (*call)->response(deadline);
  if (!head) co_return forward_error(head);
  if ((*head)->status != 200) {
    auto body = co_await http::read_all((*call)->body(), 64 << 10, deadline);
    co_return fail(ErrorCode::kUnavailable, "it answers {}: {}", (*head)->status,
                   body.value_or("").substr(0, 300));
  }
  co_return co_await listen(**call);
}

io::Async<Result<void>> AssignmentStream::listen(http::Call& call) {
  http::LineReader lines(call.body(), kLineBytesMax);
  for (bool first = true;; first = false) {
    auto line = co_await lines.next(loop_.now() + kSilenceMax);
    if (!line) co_return forward_error(line);
    if (!*line) co_return Result<void>{};
    auto taken = take(**line, first);
    if (!taken) co_return taken;
    if (first) {
      auto told = co_await reporter_.report_all();
      if (!told) co_return told;
      set_connected(true);
    }
    if (reporter_.failures() >= kReportFailuresMax) {
      co_return fail(ErrorCode::kUnavailable, "it takes no reports");
    }
  }
}

Result<void> AssignmentStream::take(const std::string& text, bool first) {
  model::AssignmentLine line;
  if (auto read = model::from_json(text, line); !read)
    return forward_error(read, "a line that makes no sense");
  const Reign reign{line.epoch(), line.term()};
  if (reign < seen_) {
    return fail(ErrorCode::kConflict, "it leads in (epoch {}, term {}), but ({}, {}) has been heard",
                reign.epoch, reign.term, seen_.epoch, seen_.term);
  }
  if (first && !line.full()) return fail(ErrorCode::kInternal, "its first line is not the full list");
  seen_ = reign;
  take_(line);
  return {};
}

}  // namespace hancock::agent
