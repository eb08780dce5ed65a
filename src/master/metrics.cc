#include "master/metrics.h"

#include <algorithm>

#include "base/prometheus.h"
#include "model/enum_names.h"

namespace hancock::master {
namespace {

void write_leadership(PrometheusText& text, const Leadership& leadership, const State& state) {
  text.single("hancock_leader", "gauge", "1 while this Master leads", leadership.reign() ? 1 : 0);
  text.single("hancock_term", "gauge", "Term of the leader record", state.leader().value.term());
  text.single("hancock_events_number", "gauge", "Number of the newest Event", state.last_event());
  text.single("hancock_store_revision", "gauge", "Revision of the store that this Master's mirror shows",
              state.revision().value());
  text.single("hancock_records_unreadable", "gauge", "Records that are set aside because they do not decode",
              state.unreadable().size());
}

/// How many there are of each (name, state).
using Tally = std::map<std::pair<std::string, std::string>, uint64_t>;

void write_tables(PrometheusText& text, const State& state) {
  Tally tasks;
  for (const auto& [id, task] : state.tasks()) ++tasks[{task.value.tenant(), name_of(task.value.state())}];
  text.family("hancock_tasks", "gauge", "Tasks by state");
  for (const auto& [key, count] : tasks)
    text.sample("hancock_tasks", {{"tenant", key.first}, {"state", key.second}}, count);

  Tally nodes;
  for (const auto& [name, node] : state.nodes()) ++nodes[{node.value.site(), name_of(node.value.state())}];
  text.family("hancock_nodes", "gauge", "Nodes by state");
  for (const auto& [key, count] : nodes)
    text.sample("hancock_nodes", {{"site", key.first}, {"state", key.second}}, count);

  std::map<std::string, uint64_t> deployments;
  for (const auto& [id, deployment] : state.deployments()) ++deployments[name_of(deployment.value.state())];
  text.family("hancock_deployments", "gauge", "Deployments that are kept, by state");
  for (const auto& [name, count] : deployments) text.sample("hancock_deployments", {{"state", name}}, count);
}

}  // namespace

void Metrics::observe_transaction(Duration took) {
  const double took_s = std::chrono::duration<double>(took).count();
  const auto* bound = std::ranges::lower_bound(kBoundsS, took_s);
  ++transactions_[static_cast<size_t>(bound - kBoundsS.begin())];
  transactions_s_ += took_s;
}

std::string Metrics::render(const State& state, const Leadership& leadership) const {
  PrometheusText text;
  write_leadership(text, leadership, state);
  write_tables(text, state);
  text.histogram("hancock_store_transaction_seconds", "Duration of this leader's transactions", kBoundsS,
                 transactions_, transactions_s_);
  text.family("hancock_api_requests_total", "counter", "Answers of the API by status");
  for (const auto& [status, count] : requests_)
    text.sample("hancock_api_requests_total", {{"code", std::to_string(status)}}, count);
  text.single("hancock_changes_set_aside_total", "counter", "Changes that the store refused for good",
              set_aside_);
  return text.take();
}

}  // namespace hancock::master
