#include "sim/agent.h"

#include <utility>

namespace hancock::sim {
namespace {

constexpr uint16_t kFirstPort = 20'000;
constexpr uint16_t kPorts = 24;  // few, so that they are used again
constexpr Duration kGather = 2ms;
constexpr Duration kClean = 30s;
constexpr Duration kLeftoverGrace = 1s;

}  // namespace

Agent::Agent(Ground& ground, Network& network, StoreServer& store, Machine& machine, Party& party,
             std::vector<Master*> masters)
    : ground_(ground),
      network_(network),
      store_(store),
      machine_(machine),
      party_(party),
      ports_(ground.dice, kFirstPort, kFirstPort + kPorts - 1),
      endpoints_(ground, store, party, machine.name(),
                 [this](const std::string& task, bool registered) {
                   const auto host = tasks_.find(task);
                   if (host != tasks_.end()) host->second->set_registered(registered);
                 }),
      masters_(std::move(masters)) {
  machine_.on_exit([this](const std::string& task, uint32_t attempt, agent::TaskExit exit) {
    party_.after(ground_.between(1ms, 20ms), [this, task, attempt, exit] {
      const auto host = tasks_.find(task);
      if (host != tasks_.end()) host->second->exited(attempt, exit);
    });
  });
  restore();
  party_.after(ground_.between(10ms, 500ms), [this] { adopt(); });
  party_.after(Duration(0), [this] { connect(); });
  party_.after(Duration(0), [this] { give_sign_of_life(); });
  party_.after(kClean, [this] { clean(); });
}

Agent::~Agent() { machine_.on_exit(nullptr); }

void Agent::restore() {
  ports_.restore_history(machine_.node_journal.past_ports);
  for (const auto& [task, record] : machine_.journal) {
    const model::Assignment& is = record.assignment;
    for (const auto& port : record.ports) ports_.restore(model::service_of(is), task, port.host_port);
    add(is).remember(record);
  }
}

void Agent::adopt() {
  found_ = machine_.find();
  has_adopted_ = true;
  for (const auto& [task, host] : tasks_) begin(*host);
  tend_soon();
}

void Agent::begin(TaskHost& host) {
  const auto found = found_.find(host.assignment().task());
  if (found == found_.end()) return host.begin(nullptr);
  const Pod pod = std::move(found->second);
  found_.erase(found);
  for (const auto& port : pod.ports) ports_.restore(pod.owner, host.assignment().task(), port.host_port);
  host.begin(&pod);
}

TaskHost& Agent::add(const model::Assignment& assignment) {
  const std::string task = assignment.task();
  auto& host = tasks_[task];
  host = std::make_unique<TaskHost>(TaskTools{ground_, party_, machine_, ports_}, assignment,
                                    [this, task] { changed(task); });
  return *host;
}

void Agent::take(const model::AssignmentLine& line) {
  if (line.incarnation() != 0 && line.incarnation() != incarnation_) {
    incarnation_ = line.incarnation();
    for (const auto& [task, host] : tasks_) changed_.insert(task);  // it stands in each endpoint
  }
  take_tasks(line);
  // Before the fence: what was written under the last one must not be written again under this one unasked.
  for (const std::string& task : changed_) {
    const auto host = tasks_.find(task);
    if (host != tasks_.end()) endpoints_.want(task, wanted(*host->second));
  }
  revision_ = line.revision();
  endpoints_.set_fence(store::Revision(line.node_revision()));
  machine_.node_journal.epoch = line.epoch();
  machine_.node_journal.term = line.term();
  tend_soon();
}

void Agent::take_tasks(const model::AssignmentLine& line) {
  std::set<std::string> named;
  for (const model::Assignment& assignment : line.set()) {
    named.insert(assignment.task());
    undecided_.erase(assignment.task());
    const auto host = tasks_.find(assignment.task());
    if (host != tasks_.end()) {
      host->second->assign(assignment);
    } else if (assignment.has_spec() || assignment.intent() != model::TASK_INTENT_RUN) {
      TaskHost& added = add(assignment);
      if (has_adopted_) begin(added);
      changed(assignment.task());
    }
  }
  if (line.full()) undecided_.clear();
  for (const std::string& task : line.undecided()) {
    named.insert(task);
    undecided_.insert(task);
    if (tasks_.contains(task)) changed(task);
  }
  for (const std::string& task : line.removed()) {
    undecided_.erase(task);
    const auto host = tasks_.find(task);
    if (host != tasks_.end()) host->second->dismiss();
  }
  if (!line.full()) return;
  is_complete_ = true;
  for (const auto& [task, host] : tasks_)
    if (!named.contains(task)) host->dismiss();
}

void Agent::changed(const std::string& task) {
  changed_.insert(task);
  tend_soon();
}

void Agent::tend_soon() {
  if (!std::exchange(is_tending_, true)) party_.after(kGather, [this] { tend(); });
}

void Agent::tend() {
  is_tending_ = false;
  for (const std::string& task : std::exchange(changed_, {})) tend(task);
  machine_.node_journal.past_ports = ports_.history(ground_.timeline.wall());
  if (has_adopted_ && is_complete_) endpoints_.open();
}

void Agent::tend(const std::string& task) {
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) return;
  const TaskHost& host = *found->second;
  if (host.is_dismissed() && host.has_begun() && host.is_over()) {
    tasks_.erase(found);
    machine_.journal.erase(task);
    endpoints_.forget(task);
    reported_.erase(task);
    return;
  }
  agent::TaskRecord& record = machine_.journal[task];
  record = host.record();
  endpoints_.want(task, wanted(host));
  std::string report = host.report(record).SerializeAsString();
  std::string& reported = reported_[task];
  if (report == reported) return;
  reported = std::move(report);
  unreported_.insert(task);
  report_soon();
}

/// The caretaker: what the runtime has and nobody owns goes.
void Agent::clean() {
  party_.after(kClean, [this] { clean(); });
  if (!has_adopted_ || !is_complete_) return;
  for (const auto& [task, pod] : std::map(machine_.pods())) {
    if (tasks_.contains(task)) continue;
    machine_.signal(task, /*is_released=*/true);
    machine_.party().after(kLeftoverGrace, [&machine = machine_, name = task] { machine.remove(name); });
  }
}

agent::WantedEndpoint Agent::wanted(const TaskHost& host) const {
  const bool is_undecided = undecided_.contains(host.assignment().task());
  agent::WantedEndpoint wanted{is_undecided ? agent::EndpointWish::kKeep : host.wish(), {}};
  if (wanted.wish == agent::EndpointWish::kReady)
    wanted.endpoint =
        agent::endpoint_of(host.assignment(), host.ports(), {machine_.name(), machine_.site(), incarnation_},
                           machine_.address());
  return wanted;
}

}  // namespace hancock::sim
