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

io::Async<Result<http::Answer>> FakeAgent::post(std::string path, std::string body, std::string type) {
  if (silent_) co_return fail(ErrorCode::kUnavailable, "{} is cut off", options_.node);
  http::Headers headers{{"Authorization", "Bearer " + options_.token},
                        {"Content-Type", type},
                        {"X-Hancock-Node", options_.node}};
  http::RequestHead head("POST", std::move(path), std::move(headers));
  auto answer = co_await client_.fetch(options_.master, std::move(head), std::move(body), loop_.now() + 10s);
  co_return answer;
}

io::Async<bool> FakeAgent::report(model::NodeReport report) {
  std::string path = "/v1/nodes/" + options_.node + "/report";
  auto answer = co_await post(std::move(path), model::to_json(report), "application/json");
  co_return answer && answer->status == 200;
}

model::NodeReport FakeAgent::full_report() const {
  std::vector<std::string> tasks;
  for (const auto& [task, fence] : registered_) tasks.push_back(task);
  model::NodeReport report = of_node();
  report.set_full(true);
  *report.mutable_tasks() = report_of(What::kRuns, tasks).tasks();
  return report;
}

io::Async<void> FakeAgent::run() {
  while (true) {
    model::NodeReport hello = full_report();
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

void FakeAgent::take(const model::AssignmentLine& line) {
  std::set<std::string> named(line.undecided().begin(), line.undecided().end());
  if (line.full()) undecided_.clear();
  undecided_.insert(named.begin(), named.end());
  for (const model::Assignment& assignment : line.set()) {
    const std::string& task = assignment.task();
    if (!assignments_.contains(task)) ++starts_[task];
    assignments_[task] = assignment;
    undecided_.erase(task);
    named.insert(task);
  }
  std::vector<std::string> gone(line.removed().begin(), line.removed().end());
  for (const auto& [task, assignment] : assignments_)
    if (line.full() && !named.contains(task)) gone.push_back(task);
  for (const std::string& task : gone) {
    assignments_.erase(task);
    undecided_.erase(task);
    registered_.erase(task);
  }
}

std::vector<std::string> FakeAgent::unregistered() const {
  std::vector<std::string> tasks;
  for (const auto& [task, assignment] : assignments_) {
    const auto registered = registered_.find(task);
    const bool holds = registered != registered_.end() && registered->second == last_line_.node_revision();
    if (assignment.intent() == model::TASK_INTENT_RUN && !undecided_.contains(task) && !holds)
      tasks.push_back(task);
  }
  return tasks;
}

/// False: to begin anew with another stream, whose first line names all.
io::Async<bool> FakeAgent::act(model::AssignmentLine line) {
  take(line);
  std::vector<std::string> ended;
  for (const model::Assignment& assignment : line.set())
    if (assignment.intent() == model::TASK_INTENT_RELEASE) ended.push_back(assignment.task());
  // Registered first: the leader counts a Task as serving by its endpoint.
  std::vector<std::string> begun = unregistered();
  const bool has_begun = co_await tell(What::kRuns, std::move(begun));
  const bool has_ended = co_await tell(What::kEnded, std::move(ended));
  if (!has_begun || !has_ended) co_return false;
  std::vector<std::string> offered;
  for (const std::string& task : line.undecided())
    if (registered_.contains(task)) offered.push_back(task);
  if (!offered.empty()) {
    model::NodeReport offer = report_of(What::kRuns, offered);
    const bool taken = co_await report(std::move(offer));
    if (!taken) co_return false;
  }
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
    std::string transaction = transaction_of(what, some);
    const bool written = co_await write(std::move(transaction));
    if (!written) co_return false;
    model::NodeReport told = report_of(what, some);
    const bool taken = co_await report(std::move(told));
    if (!taken) co_return false;
    for (const std::string& task : some) {
      if (what == What::kRuns)
        registered_[task] = last_line_.node_revision();
      else
        registered_.erase(task);
    }
  }
  co_return true;
}

io::Async<bool> FakeAgent::write(std::string transaction) {
  std::string path = "/v3/kv/txn";
  auto answer = co_await post(std::move(path), std::move(transaction), "application/json");
  if (!answer || answer->status != 200) co_return false;
  const auto result = nlohmann::json::parse(answer->body, nullptr, false);
  co_return result.is_object() && result.value("succeeded", false);
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
