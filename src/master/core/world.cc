#include "master/core/world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "master/core/endpoints.h"
#include "master/core/service_view.h"
#include "model/time.h"

namespace hancock::master {

using store::Operation;
using store::Revision;

namespace {
const auto kEverything = store::KeyRange::from(std::string(1, '\0'));
}

std::vector<store::KeyValue> PlainStore::all() const { return space_.range(kEverything).items; }

std::map<std::string, store::KeyValue> PlainStore::items() const {
  std::map<std::string, store::KeyValue> items;
  for (const store::KeyValue& item : all()) items.emplace(item.key, item);
  return items;
}

std::optional<store::WatchBatch> PlainStore::commit(const store::Transaction& transaction) {
  const Revision before = space_.revision();
  const auto result = space_.commit(transaction);
  EXPECT_TRUE(result) << result.error().message;
  if (!result || !result->succeeded) return std::nullopt;
  const Revision first(before.value() + 1);
  return store::WatchBatch{*space_.events(kEverything, first), result->revision};
}

model::AppSpec shop(uint32_t replicas, const std::string& image) {
  model::AppSpec app;
  app.set_tenant("default");
  app.set_app("shop");
  model::ServiceSpec& web = (*app.mutable_services())["web"];
  web.set_image(image);
  web.set_replicas(replicas);
  model::PortSpec& port = *web.add_ports();
  port.set_name("http");
  port.set_port(8080);
  model::RouteSpec& route = *web.add_routes();
  route.add_hosts("shop.test");
  route.add_paths("/");
  route.set_port("http");
  web.mutable_resources()->set_cpu_millis(100);
  web.mutable_resources()->set_memory_bytes(64 << 20);
  web.mutable_resources()->set_pids(64);
  web.mutable_update()->set_keep_versions(10);
  return app;
}

World::World(uint64_t seed) : random(seed) {
  model::Leader leader;
  leader.set_epoch(1);
  leader.set_term(1);
  put(state.state_keys().leader(), leader.SerializeAsString());
}

bool World::commit(store::Transaction transaction) {
  EXPECT_LE(transaction.compares.size(), store::Transaction::kOperationsMax);
  EXPECT_LE(transaction.operations.size(), store::Transaction::kOperationsMax);
  auto batch = store.commit(transaction);
  if (batch) state.apply(*batch);
  return batch.has_value();
}

bool World::commit(const Change& change) {
  EXPECT_FALSE(change.why.empty());
  EXPECT_FALSE(change.guards.empty()) << change.why;
  store::Transaction transaction{change.guards, change.operations};
  model::EventBatch batch;
  for (const model::Event& event : change.events) {
    EXPECT_NE(event.kind().find('.'), std::string::npos);
    model::Event& numbered = *batch.add_events();
    numbered = event;
    numbered.set_number(state.last_event() + batch.events_size());
  }
  if (batch.events_size() > 0)
    transaction.operations.push_back(
        Operation::put(state.state_keys().event(state.last_event() + 1), batch.SerializeAsString()));
  const bool done = commit(std::move(transaction));
  if (!done) return false;
  events.insert(events.end(), batch.events().begin(), batch.events().end());
  EXPECT_FALSE(commit(store::Transaction{change.guards, change.operations})) << "twice: " << change.why;
  return true;
}

void World::put(std::string key, std::string value) {
  commit(store::Transaction{{}, {Operation::put(std::move(key), std::move(value))}});
}

void World::erase(const std::string& key) {
  if (store.items().contains(key)) commit(store::Transaction{{}, {Operation::remove(key)}});
}

RequestResult<ApplyOutcome> World::apply(const model::AppSpec& spec) {
  auto outcome = apply_spec(state, spec, clock.wall(), random);
  if (!outcome) return outcome;
  for (const Change& change : outcome->changes) EXPECT_TRUE(commit(change)) << change.why;
  return outcome;
}

void World::commit_all(const RequestResult<std::vector<Change>>& changes) {
  ASSERT_TRUE(changes) << changes.error()[0].message;
  for (const Change& change : *changes) EXPECT_TRUE(commit(change)) << change.why;
}

Plan World::plan() { return reconcile(state, contacts, clock.now(), clock.wall(), random); }

size_t World::settle() {
  size_t done = 0;
  for (int round = 0; round < 500; ++round) {
    Plan next = reconcile(state, contacts, clock.now(), clock.wall(), random, at_rest);
    at_rest = next.at_rest;
    if (next.changes.empty()) {
      const Plan whole = plan();
      EXPECT_TRUE(whole.changes.empty()) << "it is not at rest: " << whole.changes[0].why;
      return done;
    }
    size_t committed = 0;
    for (const Change& change : next.changes) committed += commit(change);
    EXPECT_GT(committed, 0U) << "no Change of a plan can be made: " << next.changes[0].why;
    done += committed;
  }
  ADD_FAILURE() << "reconcile finds no rest: " << plan().changes[0].why;
  return done;
}

void World::set_lost_after(model::AppSpec& spec, int64_t seconds, const std::string& service) {
  spec.mutable_services()->at(service).mutable_disconnect()->mutable_lost_after()->set_seconds(seconds);
}

void World::add_node(const std::string& name, const std::string& site, uint64_t cpu_millis,
                     uint64_t memory_bytes) {
  model::NodeReport report;
  report.set_node(name);
  report.set_site(site);
  report.set_address("10.0.0." + std::to_string(state.nodes().size() + 1));
  report.set_boot_id("boot-1");
  report.mutable_capacity()->set_cpu_millis(cpu_millis);
  report.mutable_capacity()->set_memory_bytes(memory_bytes);
  report.mutable_capacity()->set_pids(100'000);
  report.set_full(true);
  for (const Change& change : apply_report(state, report, clock.wall())) EXPECT_TRUE(commit(change));
  hear(name);
}

void World::report(const std::string& id, model::TaskState task_state, const std::string& message,
                   bool is_hopeless) {
  const auto* task = state.task(id);
  if (!task) return;
  model::NodeReport report;
  report.set_node(task->value.node());
  model::TaskReport& part = *report.add_tasks();
  part.set_task(id);
  part.set_state(task_state);
  part.set_message(message);
  part.set_hopeless(is_hopeless);
  if (task_state == model::TASK_STATE_READY) *part.mutable_ready_at() = model::to_proto(clock.wall());
  hear(task->value.node());
  for (const Change& change : apply_report(state, report, clock.wall())) EXPECT_TRUE(commit(change));
}

void World::report_all(const std::string& node, const std::vector<std::string>& tasks) {
  const model::Node& known = state.node(node)->value;
  model::NodeReport report;
  report.set_node(node);
  report.set_full(true);
  report.set_revision(state.revision().value());
  report.set_site(known.site());
  report.set_address(known.address());
  report.set_boot_id(known.boot_id());
  *report.mutable_capacity() = known.capacity();
  for (const std::string& task : tasks) {
    model::TaskReport& part = *report.add_tasks();
    part.set_task(task);
    part.set_state(model::TASK_STATE_RUNNING);
    *part.mutable_ready_at() = model::to_proto(clock.wall());
  }
  for (const Change& change : apply_report(state, report, clock.wall()))
    EXPECT_TRUE(commit(change)) << change.why;
  hear(node);
}

void World::put_endpoint(const model::Task& task) {
  registry::Endpoint endpoint;
  endpoint.task = task.id();
  endpoint.node = task.node();
  endpoint.site = task.site();
  endpoint.tenant = task.tenant();
  endpoint.app = task.app();
  endpoint.service = task.service();
  endpoint.version = task.version();
  endpoint.address = task.address();
  endpoint.ports = {{"http", 20'000}};
  endpoint.incarnation = state.node_records().at(task.node()).value.incarnation;
  put(state.keys().endpoint(task.node(), task.id()), registry::encode(endpoint));
}

void World::make_ready(const std::string& id) {
  put_endpoint(state.task(id)->value);
  report(id, model::TASK_STATE_READY);
}

void World::agents_work() {
  std::vector<model::Task> live = tasks();
  for (const model::Task& task : live) {
    if (task.intent() == model::TASK_INTENT_RELEASE) {
      erase(state.keys().endpoint(task.node(), task.id()));
      report(task.id(), model::TASK_STATE_STOPPED);
    } else if (task.intent() == model::TASK_INTENT_RUN && task.state() != model::TASK_STATE_READY) {
      make_ready(task.id());
    }
  }
}

void World::add_gateway(const std::string& id, int64_t applied) {
  registry::GatewayRecord record;
  record.id = id;
  record.address = "10.1.0.1";
  record.site = "site-1";
  record.version = "1";
  record.applied = {1, Revision(applied)};
  put(state.keys().gateway(id), registry::encode(record));
}

void World::count_answers(const std::string& id, registry::AnswersByVersion answers) {
  registry::GatewayRecord record = state.gateways().at(id).value;
  record.answers = {{web.to_string(), std::move(answers)}};
  put(state.keys().gateway(id), registry::encode(record));
}
void World::acknowledge(const std::string& id, std::map<std::string, std::string> refused,
                        std::map<std::string, uint64_t> in_flight) {
  registry::GatewayRecord record = state.gateways().at(id).value;
  record.applied.revision = Revision(store.revision());
  record.refused = std::move(refused);
  record.in_flight = std::move(in_flight);
  put(state.keys().gateway(id), registry::encode(record));
}

void World::acknowledge_all() {
  std::vector<std::string> ids;
  for (const auto& [id, gateway] : state.gateways()) ids.push_back(id);
  for (const std::string& id : ids) acknowledge(id);
}

void World::run() {
  for (int turn = 0; turn < 50; ++turn) {
    const size_t changes = settle();
    const int64_t before = store.revision();
    agents_work();
    const bool is_idle = changes == 0 && store.revision() == before;
    acknowledge_all();
    if (is_idle && plan().changes.empty()) return;
  }
  ADD_FAILURE() << "the world finds no rest";
}

void World::pass(Duration duration, const std::vector<std::string>& silent) {
  clock.advance(duration);
  for (const auto& [name, node] : state.nodes())
    if (std::find(silent.begin(), silent.end(), name) == silent.end()) hear(name);
}

std::vector<model::Task> World::tasks(uint32_t version) const {
  std::vector<model::Task> found;
  for (const auto& [id, task] : state.tasks())
    if (is_live(task.value) && (version == 0 || task.value.version() == version)) found.push_back(task.value);
  return found;
}

std::vector<model::Task> World::staying(uint32_t version) const {
  std::vector<model::Task> found = tasks(version);
  std::erase_if(found, [](const model::Task& task) { return !is_staying(task); });
  return found;
}

std::vector<model::Task> World::serving(uint32_t version) const {
  std::vector<model::Task> found = tasks(version);
  std::erase_if(found, [&](const model::Task& task) { return !is_serving(state, task); });
  return found;
}

bool World::has_event(std::string_view kind) const {
  return std::any_of(events.begin(), events.end(), [&](const auto& event) { return event.kind() == kind; });
}

const registry::Route* World::route() const {
  auto it = state.routes().find(web);
  return it == state.routes().end() ? nullptr : &it->second.value;
}

}  // namespace hancock::master
