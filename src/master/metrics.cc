#include "master/metrics.h"

#include <fmt/format.h>

#include <iterator>

#include "master/enum_names.h"

namespace hancock::master {
namespace {

class Text {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(out(), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <class Value>
  void sample(std::string_view name, std::string_view labels, Value value) {
    fmt::format_to(out(), "{}{}{}{} {}\n", name, labels.empty() ? "" : "{", labels, labels.empty() ? "" : "}",
                   value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }
  std::string text_;
};

void write_leadership(Text& text, const Leadership& leadership, const State& state) {
  text.family("hancock_leader", "gauge", "1 while this Master leads");
  text.sample("hancock_leader", "", leadership.reign() ? 1 : 0);
  text.family("hancock_term", "gauge", "Term of the leader record");
  text.sample("hancock_term", "", state.leader().value.term());
  text.family("hancock_events_number", "gauge", "Number of the newest Event");
  text.sample("hancock_events_number", "", state.last_event());
  text.family("hancock_store_revision", "gauge", "Revision of the store that this Master's mirror shows");
  text.sample("hancock_store_revision", "", state.revision().value());
  text.family("hancock_records_unreadable", "gauge", "Records that are set aside because they do not decode");
  text.sample("hancock_records_unreadable", "", state.unreadable().size());
}

// Names stand in label values as they are: they hold nothing that needs an escape.
void write_tables(Text& text, const State& state) {
  std::map<std::string, uint64_t> tasks;
  for (const auto& [id, task] : state.tasks()) {
    ++tasks[fmt::format(R"(tenant="{}",state="{}")", task.value.tenant(), name_of(task.value.state()))];
  }
  text.family("hancock_tasks", "gauge", "Tasks by state");
  for (const auto& [labels, count] : tasks) text.sample("hancock_tasks", labels, count);

  std::map<std::string, uint64_t> nodes;
  for (const auto& [name, node] : state.nodes()) {
    ++nodes[fmt::format(R"(site="{}",state="{}")", node.value.site(), name_of(node.value.state()))];
  }
  text.family("hancock_nodes", "gauge", "Nodes by state");
  for (const auto& [labels, count] : nodes) text.sample("hancock_nodes", labels, count);

  std::map<std::string, uint64_t> deployments;
  for (const auto& [id, deployment] : state.deployments()) {
    ++deployments[fmt::format(R"(state="{}")", name_of(deployment.value.state()))];
  }
  text.family("hancock_deployments", "gauge", "Deployments that are kept, by state");
  for (const auto& [labels, count] : deployments) text.sample("hancock_deployments", labels, count);
}

}  // namespace

void Metrics::observe_transaction(Duration took) {
  const double took_s = std::chrono::duration<double>(took).count();
  for (size_t i = 0; i < kBucketsS.size(); ++i) {
    if (took_s <= kBucketsS[i]) ++buckets_[i];
  }
  ++transactions_;
  transactions_s_ += took_s;
}

std::string Metrics::render(const State& state, const Leadership& leadership) const {
  Text text;
  write_leadership(text, leadership, state);
  write_tables(text, state);

  text.family("hancock_store_transaction_seconds", "histogram", "Duration of this leader's transactions");
  for (size_t i = 0; i < kBucketsS.size(); ++i) {
    text.sample("hancock_store_transaction_seconds_bucket", fmt::format(R"(le="{}")", kBucketsS[i]),
                buckets_[i]);
  }
  text.sample("hancock_store_transaction_seconds_bucket", R"(le="+Inf")", transactions_);
  text.sample("hancock_store_transaction_seconds_sum", "", transactions_s_);
  text.sample("hancock_store_transaction_seconds_count", "", transactions_);

  text.family("hancock_api_requests_total", "counter", "Answers of the API by status");
  for (const auto& [status, count] : requests_) {
    text.sample("hancock_api_requests_total", fmt::format(R"(code="{}")", status), count);
  }
  text.family("hancock_changes_set_aside_total", "counter", "Changes that the store refused for good");
  text.sample("hancock_changes_set_aside_total", "", set_aside_);
  return text.take();
}

}  // namespace hancock::master
