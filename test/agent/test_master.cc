#include "test_master.h"

#include <cstdio>
#include <cstdlib>

#include "etcd/etcd_store.h"
#include "io/scope.h"
#include "model/json.h"
#include "registry/keys.h"
#include "registry/records.h"
#include "test_node.h"

namespace hancock::agent::test {
namespace {

constexpr Duration kSignOfLife = 500ms;

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "test master: %s\n", result.error().message.c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

io::Async<void> answer(http::Exchange& exchange, int status, std::string body) {
  http::Response response(status, std::move(body));
  (void)co_await exchange.respond(std::move(response));
}

}  // namespace

TestMaster::TestMaster() : etcd_(must(etcd::EtcdCluster::start(1))) {
  thread_.call([this] {
    client_ = std::make_unique<http::Client>(thread_.loop());
    changed_ = std::make_unique<io::Signal>(thread_.loop());
  });
  address_ = must(io::Address::of("127.0.0.1", 0));
  start();
  registry::NodeRecord record{kNode, "site-1", incarnation_};
  node_revision_ = put(registry::Keys().node(kNode), registry::encode(record));
}

TestMaster::~TestMaster() {
  stop();
  thread_.call([this] {
    client_.reset();
    changed_.reset();
  });
}

void TestMaster::start() {
  thread_.call([this] {
    server_ = std::make_unique<http::Server>(thread_.loop(),
                                             [this](http::Exchange& exchange) { return handle(exchange); });
    address_ = must(server_->listen(address_));
  });
}

void TestMaster::stop() {
  std::promise<void> closed;
  io::Scope scope;
  const auto close = [](http::Server& server, TimePoint deadline,
                        std::promise<void>& done) -> io::Async<void> {
    co_await server.close(deadline);
    done.set_value();
  };
  thread_.call([&] {
    changed_->set();
    scope.spawn(close(*server_, thread_.loop().now() + 100ms, closed));
  });
  closed.get_future().get();
  thread_.call([this] { server_.reset(); });
}

void TestMaster::change(std::function<void()> what) {
  thread_.call([&] {
    what();
    ++changes_;
    changed_->set();
  });
}

void TestMaster::assign(const model::Assignment& assignment) {
  change([&] {
    undecided_.erase(assignment.task());
    assignments_[assignment.task()] = assignment;
  });
}
void TestMaster::set_intent(const std::string& task, model::TaskIntent intent) {
  change([&] { assignments_[task].set_intent(intent); });
}
void TestMaster::remove(const std::string& task) {
  change([&] {
    assignments_.erase(task);
    undecided_.erase(task);
  });
}
void TestMaster::remove_all() {
  change([&] {
    assignments_.clear();
    undecided_.clear();
  });
}
void TestMaster::set_undecided(const std::string& task) {
  change([&] {
    assignments_.erase(task);
    undecided_.insert(task);
  });
}
void TestMaster::forget() {
  const std::lock_guard lock(mutex_);
  heard_ = {};
}
void TestMaster::ask_log(model::LogRequest request) {
  change([&] { logs_[request.id()] = request; });
}
void TestMaster::cancel_log(const std::string& id) {
  change([&] { logs_[id].set_cancelled(true); });
}
void TestMaster::set_reign(int64_t epoch, int64_t term) {
  change([&] {
    epoch_ = epoch;
    term_ = term;
  });
}

io::Async<void> TestMaster::handle(http::Exchange& exchange) {
  const http::RequestHead& request = exchange.request();
  const std::string path(request.path());
  const std::string node = std::string("/v1/nodes/") + kNode;
  if (request.headers.get("Authorization") != std::string("Bearer ") + kToken) {
    co_await answer(exchange, 401, "{\"errors\":[{\"code\":\"denied\"}]}");
  } else if (path == node + "/assignments") {
    co_await send_assignments(exchange);
  } else if (path == node + "/report") {
    co_await take_report(exchange);
  } else if (path.starts_with(node + "/logs/")) {
    std::string id = path.substr(node.size() + 6);
    co_await take_log(exchange, std::move(id));
  } else if (path.starts_with("/v3/kv/")) {
    co_await pass_on(exchange);
  } else {
    co_await answer(exchange, 404, "{}");
  }
}

std::string TestMaster::next_line(std::map<std::string, std::string>& sent, bool first) {
  model::AssignmentLine line;
  line.set_epoch(epoch_);
  line.set_term(term_);
  line.set_full(first);
  line.set_node_revision(node_revision_);
  line.set_incarnation(incarnation_);
  for (const auto& [task, assignment] : assignments_) {
    std::string text = assignment.SerializeAsString();
    if (sent[task] == text) continue;
    sent[task] = std::move(text);
    *line.add_set() = assignment;
  }
  for (auto it = sent.begin(); it != sent.end();) {
    if (assignments_.contains(it->first) || undecided_.contains(it->first)) {
      ++it;
      continue;
    }
    line.add_removed(it->first);
    it = sent.erase(it);
  }
  for (const std::string& task : undecided_) {
    line.add_undecided(task);
    sent.try_emplace(task);  // its end is told, too
  }
  for (const auto& [id, request] : logs_) *line.add_logs() = request;
  return model::to_json(line) + "\n";
}

io::Async<void> TestMaster::send_assignments(http::Exchange& exchange) {
  http::ResponseHead head(200);
  auto started = co_await exchange.start(std::move(head));
  if (!started) co_return;
  std::map<std::string, std::string> sent;
  for (bool first = true; !exchange.stopping().stop_requested(); first = false) {
    const uint64_t seen = changes_;
    const std::string line = next_line(sent, first);
    auto written = co_await exchange.write(line);
    if (!written) co_return;
    if (changes_ == seen) co_await changed_->wait(thread_.loop().now() + kSignOfLife);
  }
}

io::Async<void> TestMaster::take_report(http::Exchange& exchange) {
  auto body = co_await http::read_all(exchange.body(), 16 << 20, thread_.loop().now() + 5s);
  model::NodeReport report;
  if (!body || !model::from_json(*body, report)) {
    co_await answer(exchange, 400, "{}");
    co_return;
  }
  {
    const std::lock_guard lock(mutex_);
    ++heard_.reports;
    if (report.full()) ++heard_.full_reports;
    for (const auto& task : report.tasks()) {
      auto& states = heard_.states[task.task()];
      if (states.empty() || states.back() != task.state()) states.push_back(task.state());
      heard_.tasks[task.task()] = task;
    }
    if (report.full() || report.has_capacity()) heard_.node = report;
  }
  co_await answer(exchange, 200, "{}");
}

io::Async<void> TestMaster::take_log(http::Exchange& exchange, std::string id) {
  const bool refused = exchange.request().headers.get("Content-Type") == "application/json";
  while (true) {
    auto piece = co_await exchange.body().read(kForever);
    const bool ended = !piece || piece->empty();
    const std::lock_guard lock(mutex_);
    if (ended) {
      heard_.logs_ended[id] = true;
      break;
    }
    (refused ? heard_.refusals : heard_.logs)[id] += *piece;
  }
  logs_.erase(id);
  co_await answer(exchange, 200, "{}");
}

/// The door.
io::Async<void> TestMaster::pass_on(http::Exchange& exchange) {
  auto body = co_await http::read_all(exchange.body(), 16 << 20, thread_.loop().now() + 5s);
  if (!body || exchange.request().headers.get("X-Hancock-Node") != kNode) {
    co_await answer(exchange, 403, "{}");
    co_return;
  }
  http::RequestHead head("POST", exchange.request().target);
  const TimePoint deadline = thread_.loop().now() + 5s;
  auto reply = co_await client_->fetch(etcd_->clients()[0], std::move(head), std::move(*body), deadline);
  if (!reply) {
    co_await answer(exchange, 503, "{}");
    co_return;
  }
  co_await answer(exchange, reply->status, reply->body);
}

int64_t TestMaster::put(const std::string& key, const std::string& value) {
  return commit(store::Operation::put(key, value));
}

int64_t TestMaster::commit(store::Operation operation) {
  io::Loop loop;
  http::Client client(loop);
  etcd::EtcdStore store(loop, client, etcd_->clients());
  store::Transaction transaction;
  transaction.operations.push_back(std::move(operation));
  return must(loop.block_on(store.commit(std::move(transaction), loop.now() + 5s))).revision.value();
}

std::optional<std::string> TestMaster::get(const std::string& key) {
  io::Loop loop;
  http::Client client(loop);
  etcd::EtcdStore store(loop, client, etcd_->clients());
  auto found = must(loop.block_on(store.range(store::KeyRange::key(key), loop.now() + 5s)));
  return found.items.empty() ? std::nullopt : std::optional(found.items[0].value);
}

void TestMaster::raise_incarnation() {
  registry::NodeRecord record{kNode, "site-1", ++raised_incarnation_};
  raised_revision_ = put(registry::Keys().node(kNode), registry::encode(record));
}

void TestMaster::tell_incarnation() {
  change([&] {
    node_revision_ = raised_revision_;
    incarnation_ = raised_incarnation_;
  });
}

void TestMaster::mark_draining(const std::string& task) { mark(task, registry::EndpointState::kDraining); }
void TestMaster::mark_ready(const std::string& task) { mark(task, registry::EndpointState::kReady); }

void TestMaster::mark(const std::string& task, registry::EndpointState state) {
  const std::string key = registry::Keys().endpoint(kNode, task);
  const std::string before = get(key).value_or("");
  auto record = must(registry::decode<registry::Endpoint>(before));
  record.state = state;
  (void)put(key, registry::encode(record, before));
}

void TestMaster::erase_endpoint(const std::string& task) {
  commit(store::Operation::remove(registry::Keys().endpoint(kNode, task)));
}

std::optional<std::string> TestMaster::endpoint(const std::string& task) {
  return get(registry::Keys().endpoint(kNode, task));
}

size_t TestMaster::endpoints() {
  io::Loop loop;
  http::Client client(loop);
  etcd::EtcdStore store(loop, client, etcd_->clients());
  store::KeyRange range = store::KeyRange::prefix(registry::Keys().endpoints_of(kNode));
  return must(loop.block_on(store.range(std::move(range), loop.now() + 5s))).items.size();
}

model::NodeReport TestMaster::node() const {
  const std::lock_guard lock(mutex_);
  return heard_.node;
}
std::optional<model::TaskReport> TestMaster::task(const std::string& task) const {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.tasks.find(task);
  return found == heard_.tasks.end() ? std::nullopt : std::optional(found->second);
}
bool TestMaster::is(const std::string& task, model::TaskState state) const {
  const auto report = this->task(task);
  return report && report->state() == state;
}
std::vector<model::TaskState> TestMaster::states(const std::string& task) const {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.states.find(task);
  return found == heard_.states.end() ? std::vector<model::TaskState>{} : found->second;
}
uint64_t TestMaster::reports() const {
  const std::lock_guard lock(mutex_);
  return heard_.reports;
}
uint64_t TestMaster::full_reports() const {
  const std::lock_guard lock(mutex_);
  return heard_.full_reports;
}
std::string TestMaster::log(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.logs.find(id);
  return found == heard_.logs.end() ? "" : found->second;
}
bool TestMaster::log_ended(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.logs_ended.find(id);
  return found != heard_.logs_ended.end() && found->second;
}
std::string TestMaster::log_refusal(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.refusals.find(id);
  return found == heard_.refusals.end() ? "" : found->second;
}

}  // namespace hancock::agent::test
