// For Agents: GET nodes/N/assignments, the stream that tells a Node what to run; POST nodes/N/report, what it
// says back.
#include "master/api/api.h"
#include "master/api/handlers.h"
#include "master/assignment_feed.h"
#include "master/core/reports.h"
#include "model/json.h"

namespace hancock::master::api {
namespace {

constexpr Duration kFeedSignOfLife = 2s;
constexpr Duration kLookAtLeader = 100ms;
constexpr Duration kDebounce = 5ms;

// The next thing to send, or "". Nothing leaves a leader that may be one no longer.
std::string next_line(const Context& context, AssignmentFeed& feed, const std::string& node,
                      bool sign_of_life) {
  const auto& reign = context.leadership.reign();
  if (!reign || !context.leadership.may_act()) return {};
  auto line = feed.next(context.state(), *reign, context.relay.of_node(node));
  if (!line && sign_of_life) line = feed.sign_of_life(context.state(), *reign);
  return line ? model::to_json(*line) + "\n" : std::string();
}

io::Async<void> send_assignments(Call& call, const std::string& node) {
  Context& context = call.context;
  const std::stop_token stopping = call.exchange.stopping();
  const NodeStreams::Attachment attachment(context.streams, node);
  const std::optional<Reign> reign = context.leadership.reign();
  AssignmentFeed feed(node);
  TimePoint sent = context.loop.now() - kFeedSignOfLife;
  // A stream belongs to one reign: an Agent that comes again finds who leads then.
  while (!stopping.stop_requested() && attachment.is_newest() && context.leadership.reign() == reign) {
    const std::pair seen(context.replica.changes(), context.relay.changes());
    std::string line = next_line(context, feed, node, context.loop.now() - sent >= kFeedSignOfLife);
    if (!line.empty()) {
      const auto written = co_await call.exchange.write(line);
      if (!written) co_return;
      sent = context.loop.now();
    }
    const bool may_act = context.leadership.may_act();
    const TimePoint due = may_act ? sent + kFeedSignOfLife : context.loop.now() + kLookAtLeader;
    const bool is_new = std::pair(context.replica.changes(), context.relay.changes()) != seen;
    if (!is_new) co_await context.replica.changed().wait(due);
    co_await context.loop.sleep_for(kDebounce, stopping);
  }
  co_await call.exchange.finish();
}

std::optional<Problem> check_report(const Call& call, model::NodeReport& report) {
  const std::string& node = call.names[0];
  if (report.node().empty()) report.set_node(node);
  if (report.node() != node) {
    return Problem(
        400, Mistake("invalid", "the report is of another Node than the path", "node", report.node(), node));
  }
  const bool leads = call.context.leadership.reign() && call.context.reconciler.serving();
  if (leads && !call.context.reconciler.take_testimony(report))
    return Problem(503, Mistake("no_leader", "this Node has seen a later leader"));
  return std::nullopt;
}

}  // namespace

io::Async<void> get_assignments(Call& call) {
  if (auto problem = check_names(call)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  call.context.metrics.count_request(200);
  http::ResponseHead head(200);
  head.headers.add("Content-Type", "application/x-ndjson");
  const auto started = co_await call.exchange.start(std::move(head));
  if (!started) co_return;
  co_await send_assignments(call, call.names[0]);
}

io::Async<void> post_report(Call& call) {
  if (auto problem = check_names(call)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  model::NodeReport report;
  if (auto read = model::from_json(*body, report); !read) {
    co_await refuse(call, problem_of(read.error()));
    co_return;
  }
  // Also when the store is away or what it says cannot be taken: the Node is not to be missed afterwards.
  call.context.reconciler.heard(call.names[0]);
  if (auto problem = check_report(call, report)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  if (auto problem = why_not_leading(call.context)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  // Decisions are made in the order of asking: one that is in order now is so when it is its turn.
  if (!call.context.reconciler.contacts()->take_in_order(report)) {
    co_await refuse(call, Problem(409, Mistake("conflict", "a later report of this Agent was taken before")));
    co_return;
  }
  const Decisions::Decide decide = [&](const State& state) -> Result<std::vector<Change>> {
    return apply_report(state, report, call.context.clock.wall());
  };
  auto index = co_await call.context.decisions.write(decide, call.deadline());
  call.context.reconciler.heard(report.node());  // until now it has waited for us
  if (!index) {
    co_await refuse(call, problem_of(index.error()));
    co_return;
  }
  if (report.full()) call.context.reconciler.reported(report.node());
  co_await answer(call, 200, with_index("{}", *index));
}

}  // namespace hancock::master::api
