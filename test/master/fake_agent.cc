#include "master/fake_agent.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "model/json.h"

namespace hancock::test {
namespace {

constexpr uint32_t kHostPort = 20'001;
constexpr size_t kTasksPerTransaction = 100;

std::string endpoint_key(const std::string& node, const std::string& task) {
  return base64_encode("/hancock/endpoints/" + node + "/" + task);
}

nlohmann::json endpoint_of(const model::Assignment& assignment, const std::string& node,
                           int64_t incarnation) {
  nlohmann::json ports = nlohmann::json::object();
  for (const auto& port : assignment.spec().ports()) ports[port.name()] = kHostPort;
  return {{"task", assignment.task()},
          {"node", node},
          {"site", "site-1"},
          {"tenant", assignment.tenant()},
          {"app", assignment.app()},
          {"service", assignment.service()},
          {"version", assignment.version()},
          {"address", "127.0.0.1"},
          {"ports", ports},
          {"weight", 1},
          {"state", "ready"},
          {"incarnation", incarnation}};
}

}  // namespace

model::NodeReport FakeAgent::of_node() const {
  model::NodeReport report;
  report.set_node(options_.node);
  report.set_site("site-1");
  report.set_address("127.0.0.1");
  report.set_version("test");
  report.set_boot_id("boot-1");
  report.mutable_capacity()->set_cpu_millis(8000);
  report.mutable_capacity()->set_memory_bytes(16ULL << 30);
  report.mutable_capacity()->set_pids(100'000);
  report.mutable_capacity()->set_tasks(1000);
  report.set_epoch(last_line_.epoch());
  report.set_term(last_line_.term());
  report.set_revision(last_line_.revision());
  return report;
}

io::Async<int> FakeAgent::post(std::string path, std::string body, std::string type) {
  http::Headers headers{{"Authorization", "Bearer " + options_.token},
                        {"Content-Type", type},
                        {"X-Hancock-Node", options_.node}};
  http::RequestHead head("POST", std::move(path), std::move(headers));
  auto answer = co_await client_.fetch(options_.master, std::move(head), std::move(body), loop_.now() + 10s);
  co_return answer ? answer->status : 0;
}

io::Async<bool> FakeAgent::report(model::NodeReport report) {
  if (silent_) co_return false;
  std::string path = "/v1/nodes/" + options_.node + "/report";
  const int status = co_await post(std::move(path), model::to_json(report), "application/json");
  co_return status == 200;
}

io::Async<void> FakeAgent::run() {
  while (true) {
    model::NodeReport hello = of_node();
    hello.set_full(true);
    for (const auto& [task, assignment] : assignments_) hello.add_tasks()->set_task(task);
    for (auto& task : *hello.mutable_tasks()) task.set_state(model::TASK_STATE_READY);
    const bool known = co_await report(std::move(hello));
    if (known) co_await follow();
    co_await loop_.sleep_for(100ms);
  }
}

io::Async<void> FakeAgent::give_signs_of_life() {
  while (true) {
    co_await report(of_node());
    co_await loop_.sleep_for(1s);
  }
}

io::Async<bool> FakeAgent::follow() {
  http::Headers headers{{"Authorization", "Bearer " + options_.token}};
  http::RequestHead head("GET", "/v1/nodes/" + options_.node + "/assignments", std::move(headers));
  auto call = co_await client_.open(options_.master, std::move(head), loop_.now() + 5s);
  if (!call) co_return false;
  if (auto finished = co_await (*call)->finish(); !finished) co_return false;
  auto response = co_await (*call)->response(loop_.now() + 5s);
  if (!response || (*response)->status != 200) co_return false;
  ++connects_;
  http::LineReader lines((*call)->body(), 4 << 20);
  while (true) {
    auto text = co_await lines.next(loop_.now() + 10s);
    if (!text || !*text) co_return false;
    model::AssignmentLine line;
    if (!model::from_json(**text, line)) co_return false;
    if (silent_ || std::pair(line.epoch(), line.term()) < seen()) co_return false;
    ++lines_;
    last_line_ = line;
    const bool acted = co_await act(std::move(line));
    if (!acted) co_return false;
  }
}

io::Async<bool> FakeAgent::act(model::AssignmentLine line) {
  std::vector<std::string> begun;
  std::vector<std::string> ended;
  for (const model::Assignment& assignment : line.set()) {
    const std::string& task = assignment.task();
    if (!assignments_.contains(task)) ++starts_[task];
    assignments_[task] = assignment;
    if (assignment.intent() == model::TASK_INTENT_RUN && registered_.insert(task).second)
      begun.push_back(task);
    if (assignment.intent() == model::TASK_INTENT_RELEASE) ended.push_back(task);
  }
  for (const std::string& task : ended) registered_.erase(task);
  // Registered first: the leader counts a Task as serving by its endpoint.
  const bool has_begun = co_await tell(What::kRuns, std::move(begun));
  const bool has_ended = co_await tell(What::kEnded, std::move(ended));
  if (!has_begun || !has_ended) co_return false;
  for (const std::string& task : line.undecided()) registered_.erase(task);
  for (const std::string& task : line.removed()) assignments_.erase(task);
  for (const model::LogRequest& request : line.logs()) {
    model::LogRequest copy = request;
    if (!deaf_ && !request.cancelled()) co_await send_log(std::move(copy));
  }
  co_return true;
}

io::Async<bool> FakeAgent::tell(What what, std::vector<std::string> tasks) {
  while (!tasks.empty()) {
    const size_t kept = tasks.size() - std::min(tasks.size(), kTasksPerTransaction);
    const std::vector<std::string> some(tasks.begin() + static_cast<ptrdiff_t>(kept), tasks.end());
    tasks.resize(kept);
    std::string path = "/v3/kv/txn";
    std::string transaction = transaction_of(what, some);
    const int status = co_await post(std::move(path), std::move(transaction), "application/json");
    if (status != 200) co_return false;
    model::NodeReport told = report_of(what, some);
    const bool taken = co_await report(std::move(told));
    if (!taken) co_return false;
  }
  co_return true;
}

std::string FakeAgent::registration_of(const std::string& task) const {
  return transaction_of(What::kRuns, {task});
}

std::string FakeAgent::transaction_of(What what, const std::vector<std::string>& tasks) const {
  const nlohmann::json fence = {{"key", base64_encode("/hancock/nodes/" + options_.node)},
                                {"target", "MOD"},
                                {"mod_revision", std::to_string(last_line_.node_revision())}};
  nlohmann::json writes = nlohmann::json::array();
  for (const std::string& task : tasks) {
    const std::string key = endpoint_key(options_.node, task);
    if (what == What::kEnded) {
      writes.push_back({{"request_delete_range", {{"key", key}}}});
      continue;
    }
    const auto endpoint = endpoint_of(assignments_.at(task), options_.node, last_line_.incarnation());
    writes.push_back({{"request_put", {{"key", key}, {"value", base64_encode(endpoint.dump())}}}});
  }
  const nlohmann::json transaction = {{"compare", {fence}}, {"success", writes}};
  return transaction.dump();
}

model::NodeReport FakeAgent::report_of(What what, const std::vector<std::string>& tasks) const {
  model::NodeReport report;
  report.set_node(options_.node);
  for (const std::string& id : tasks) {
    model::TaskReport* task = report.add_tasks();
    task->set_task(id);
    task->set_state(what == What::kRuns ? model::TASK_STATE_READY : model::TASK_STATE_STOPPED);
    if (what == What::kEnded) continue;
    task->set_digest("sha256:" + std::string(64, 'a'));
    for (const auto& port : assignments_.at(id).spec().ports()) {
      model::TaskPort* published = task->add_ports();
      published->set_name(port.name());
      published->set_port(port.port());
      published->set_host_port(kHostPort);
    }
  }
  return report;
}

io::Async<void> FakeAgent::send_log(model::LogRequest request) {
  std::string path = "/v1/nodes/" + options_.node + "/logs/" + request.id();
  std::string refusal =
      R"({"errors":[{"code":"gone","message":"the log of )" + request.task() + R"( was cleaned up"}]})";
  if (logs_lost_) {
    co_await post(std::move(path), std::move(refusal), "application/json");
  } else {
    co_await post(std::move(path), options_.log_line + "\n", "application/x-ndjson");
  }
}

}  // namespace hancock::test
