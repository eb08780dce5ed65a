// Logs of a Task: GET tasks/ID/logs asks, its Node's Agent answers with POST nodes/N/logs/REQUEST.
#include <charconv>

#include "master/api/body.h"
#include "master/api/call.h"
#include "master/api/handlers.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::master::api {
namespace {

constexpr Duration kAgentAnswers = 10s;
constexpr Duration kPieceIdle = 30s;     // between two pieces, of a log that is not followed
constexpr Duration kLogSignOfLife = 5s;  // to a follower, when there is nothing new
constexpr Duration kClientReads = 30s;
constexpr Duration kLookAtClient = 1s;  // how soon a follower that has left is noticed

Problem wrong(std::string_view name, std::string value, std::string allowed) {
  return Problem(400, Mistake("invalid", fmt::format("{} is not one", name), std::string(name),
                              std::move(value), std::move(allowed)));
}

tl::expected<model::LogRequest, Problem> read_log_request(const Call& call) {
  const http::RequestHead& request = call.request();
  model::LogRequest wanted;
  wanted.set_task(call.names[0]);
  wanted.set_follow(call.has_flag("follow"));
  wanted.set_tail(-1);
  if (const auto tail = request.parameter("tail")) {
    int64_t lines = 0;
    const auto [end, error] = std::from_chars(tail->data(), tail->data() + tail->size(), lines);
    if (error != std::errc() || end != tail->data() + tail->size() || lines < 0) {
      return tl::unexpected(wrong("tail", *tail, "a number of lines"));
    }
    wanted.set_tail(lines);
  }
  if (const auto since = request.parameter("since")) {
    const auto span = model::parse_duration(*since);
    if (!span) return tl::unexpected(wrong("since", *since, "a duration: 30s, 5m, 1h"));
    *wanted.mutable_since() = model::to_proto(*span);
  }
  const std::string stream = request.parameter("stream").value_or("");
  if (stream != "" && stream != "stdout" && stream != "stderr") {
    return tl::unexpected(wrong("stream", stream, "stdout, stderr, or neither for both"));
  }
  wanted.set_stream(stream);
  return wanted;
}

// The session closes with the client's handler, whichever way that ends.
class ClientEnd {
 public:
  ClientEnd(LogRelay& relay, std::shared_ptr<LogSession> session)
      : relay_(relay), session_(std::move(session)) {}
  ClientEnd(const ClientEnd&) = delete;
  ClientEnd& operator=(const ClientEnd&) = delete;
  ~ClientEnd() { relay_.close(*session_); }
  LogSession& operator*() { return *session_; }

 private:
  LogRelay& relay_;
  std::shared_ptr<LogSession> session_;
};

// The Agent's end: a handler that ends in the middle has broken the log.
class AgentEnd {
 public:
  explicit AgentEnd(std::shared_ptr<LogSession> session) : session_(std::move(session)) {}
  AgentEnd(const AgentEnd&) = delete;
  AgentEnd& operator=(const AgentEnd&) = delete;
  ~AgentEnd() { session_->end(LogSession::End::kBroken); }
  LogSession& operator*() { return *session_; }

 private:
  std::shared_ptr<LogSession> session_;
};

io::Async<bool> wait_for_agent(Call& call, LogSession& session) {
  const TimePoint deadline = call.context.loop.now() + kAgentAnswers;
  while (call.context.loop.now() < deadline && !call.exchange.stopping().stop_requested()) {
    const bool answered =
        co_await session.answered(std::min(deadline, call.context.loop.now() + kLookAtClient));
    if (answered) co_return true;
  }
  co_return false;
}

io::Async<void> relay_pieces(Call& call, LogSession& session) {
  call.context.metrics.count_request(200);
  http::ResponseHead head(200);
  head.headers.add("Content-Type", "application/x-ndjson");
  const auto started = co_await call.exchange.start(std::move(head));
  if (!started) co_return;
  TimePoint last = call.context.loop.now();
  TimePoint written_at = last;
  const bool follow = session.request().follow();
  bool at_line_end = true;
  while (!call.exchange.stopping().stop_requested()) {
    auto piece = co_await session.take(call.context.loop.now() + kLookAtClient);
    if (!piece && piece.error().code == ErrorCode::kTimeout) {
      const TimePoint now = call.context.loop.now();
      if (!follow && now - last > kPieceIdle) co_return;
      if (!follow || !at_line_end || now - written_at < kLogSignOfLife) continue;
      written_at = now;
      const auto alive = co_await call.exchange.write("\n");
      if (!alive) co_return;
      continue;
    }
    if (!piece) co_return;  // cut: the client sees that something is missing
    if (piece->empty()) break;
    last = written_at = call.context.loop.now();
    at_line_end = piece->ends_with('\n');
    const auto written = co_await call.exchange.write(*piece);
    if (!written) co_return;
  }
  co_await call.exchange.finish();
}

io::Async<void> relay_log(Call& call, std::string node, model::LogRequest wanted) {
  auto session = call.context.relay.open(node, std::move(wanted));
  if (!session) {
    co_await refuse(call, Problem(429, Mistake("too_many", session.error().message)));
    co_return;
  }
  ClientEnd end(call.context.relay, *session);
  const bool answered = co_await wait_for_agent(call, *end);
  if (!answered) {
    co_await refuse(call, Problem(504, Mistake("timeout",
                                               fmt::format("the Agent of Node {} did not answer within {} s",
                                                           node, kAgentAnswers / 1s),
                                               "node", node)));
    co_return;
  }
  if ((*end).refusal()) {
    co_await refuse(call, *(*end).refusal());
    co_return;
  }
  co_await relay_pieces(call, *end);
}

// What an Agent says in the place of a log: a JSON body with errors.
Problem refusal_of(std::string_view body) {
  const auto mistake = parse_refusal(body);
  if (!mistake) return Problem(502, Mistake("internal", "the Agent's answer cannot be read"));
  const int status = mistake->code == "not_found" ? 404 : mistake->code == "gone" ? 410 : 502;
  return Problem(status, *mistake);
}

io::Async<bool> pass_on(Call& call, LogSession& session) {
  while (true) {
    // Followed logs may be silent for long; the Agent's connection says when it is gone.
    auto piece = co_await call.exchange.body().read(kForever);
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
    if (auto given = co_await session.give(std::string(*piece), call.context.loop.now() + kClientReads);
        !given) {
      co_return false;
    }
  }
}

}  // namespace

io::Async<void> get_task_logs(Call& call) {
  const auto* task = call.context.state().task(call.names[0]);
  if (task == nullptr) {
    co_await refuse(call, no_such("task", call.names[0]));
    co_return;
  }
  const std::string node = task->value.node();
  auto wanted = read_log_request(call);
  if (!wanted) {
    co_await refuse(call, std::move(wanted.error()));
    co_return;
  }
  if (!call.context.streams.connected(node)) {
    co_await refuse(
        call, Problem(503, Mistake("node_silent", fmt::format("Node {} is not connected to the Master", node),
                                   "node", node)));
    co_return;
  }
  model::LogRequest request = std::move(*wanted);
  co_await relay_log(call, node, std::move(request));
}

io::Async<void> post_task_logs(Call& call) {
  auto session = call.context.relay.find(call.names[0], call.names[1]);
  if (session == nullptr) {
    co_await refuse(
        call, Problem(410, Mistake("gone", "nobody waits for this log any more", "request", call.names[1])));
    co_return;
  }
  const auto type = call.request().headers.get("Content-Type").value_or("");
  if (type == "application/json") {
    auto body = co_await read_body(call);
    session->refuse(body ? refusal_of(*body)
                         : Problem(502, Mistake("internal", "the Agent's answer broke off")));
    co_await answer(call, 200, "{}");
    co_return;
  }
  if (!session->begin()) {
    co_await refuse(
        call, Problem(409, Mistake("conflict", "this log is being sent already", "request", call.names[1])));
    co_return;
  }
  AgentEnd end(session);
  const bool complete = co_await pass_on(call, *end);
  if (!complete) {
    co_await refuse(
        call, Problem(410, Mistake("gone", "nobody waits for this log any more", "request", call.names[1])));
    co_return;
  }
  (*end).end(LogSession::End::kComplete);
  co_await answer(call, 200, "{}");
}

}  // namespace hancock::master::api
