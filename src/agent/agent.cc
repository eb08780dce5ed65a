#include "agent/agent.h"

#include <algorithm>
#include <iterator>

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kLookWell = 10s;  // at the runtime
constexpr Duration kLookIll = 1s;
constexpr Duration kGather = 2ms;  // changes that come together are tended together
constexpr Duration kLookAtContact = 1s;
constexpr Duration kContactLost = 5s;     // a leader gives a sign of life every 2 s
constexpr size_t kPreStopsOfATenant = 4;  // at the same time
constexpr const char* kMetadataNetwork = "169.254.0.0/16";
constexpr const char* kMetadataPrefix = "169.254.";

etcd::EtcdOptions door(const Masters& masters) {
  etcd::EtcdOptions options;
  options.credentials.headers = masters.headers();
  return options;
}

}  // namespace

Agent::Agent(io::Loop& loop, Clock& clock, Random& random, AgentOptions options,
             std::vector<io::Address> masters, std::string token)
    : loop_(loop),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      masters_(std::move(masters), std::move(token), options_.node),
      journal_(loop, options_.data, [this] { reporter_.node_changed(); }),
      client_(loop),
      store_(loop, client_, masters_.all(), door(masters_)),
      network_(loop, clock, random),
      table_keeper_(loop, network_, [this] { reporter_.node_changed(); }),
      runtime_(loop, options_.containerd),
      warm_(runtime_, place(), random, static_cast<size_t>(options_.warm_sandboxes)),
      pods_(runtime_, network_, warm_, Cgroups::probe(), place()),
      images_(runtime_, clock),
      prober_(runtime_),
      pre_stops_(runtime_, Runtime::Lane::kPreStop, kPreStopsOfATenant),
      table_({loop_, clock_, random_, pods_, images_, prober_, pre_stops_, journal_, facts_.boot_id},
             network_,
             [this](const std::string& task) {
               dirty_.insert(task);
               changed_.set();
             }),
      endpoints_(loop, store_, options_.node,
                 [this](const std::string& task, bool registered) {
                   if (TaskRunner* runner = table_.find(task)) runner->set_registered(registered);
                 }),
      reporter_(loop, client_, masters_, random.id(10),
                [this](model::NodeReport& report, const std::set<std::string>& tasks, Reporter::Part part) {
                  fill(report, tasks, part);
                }),
      logs_(
          runtime_, client_, masters_, clock, [this](const std::string& task) { return life_of(task); },
          [this](const std::string& task) { return task_log_folder(pods_.place(), task); }),
      log_keeper_(pods_, table_),
      caretaker_(pods_, network_, warm_, table_),
      image_keeper_(runtime_, images_, table_, options_.images, [this] { reporter_.node_changed(); }),
      changed_(loop) {}

Agent::~Agent() { scope_.cancel(); }

NodePlace Agent::place() const {
  return {.node = options_.node,
          .site = options_.site,
          .cgroup = options_.cgroup + "/" + options_.node,
          .log_folder = options_.data + "/logs"};
}

Result<void> Agent::start() {
  if (auto opened = journal_.open(); !opened) return forward_error(opened, "--data");
  if (auto ours = pods_.cgroups().check_unused(place().cgroup); !ours) return forward_error(ours, "--cgroup");
  node_journal_ = journal_.load_node();
  journal_lost_ = node_journal_.boot_id.empty();
  heard_ = clock_.now();
  if (node_journal_.silent_since) {
    const bool is_same_boot = node_journal_.boot_id == facts_.boot_id;
    heard_ = is_same_boot ? *node_journal_.silent_since : TimePoint();  // else since the machine started
  }
  node_journal_.boot_id = facts_.boot_id;
  table_.set_contact(heard_);
  network_.ports().restore_history(node_journal_.past_ports);
  images_.history() = ImageHistory(node_journal_.images);
  table_.restore(journal_.load_tasks());
  for (const std::string& missing : pods_.cgroups().missing()) log::error("agent", "{}", missing);

  const Reign seen{node_journal_.epoch, node_journal_.term};
  stream_ = std::make_unique<AssignmentStream>(loop_, client_, masters_, reporter_, random_, seen,
                                               [this](const model::AssignmentLine& line) { take(line); });
  scope_.spawn(bring_up());
  scope_.spawn(tend());
  scope_.spawn(watch_contact());
  scope_.spawn(stream_->run());
  scope_.spawn(reporter_.run());
  scope_.spawn(endpoints_.run());
  return {};
}

/// What no Task reaches: who runs this Node, and who would tell a Task what the Node is allowed to do.
std::set<std::string> Agent::closed_networks() const {
  std::set<std::string> closed{kMetadataNetwork};
  for (const io::Address& master : masters_.all()) {
    if (!master.host().starts_with(kMetadataPrefix))
      closed.insert(master.host());  // else it is closed already
  }
  return closed;
}

io::Async<void> Agent::bring_up() {
  co_await table_keeper_.set_up(closed_networks());
  scope_.spawn(watch_runtime());
  scope_.spawn(table_keeper_.run());
  scope_.spawn(log_keeper_.run());
  scope_.spawn(caretaker_.run());
  scope_.spawn(image_keeper_.run());
  scope_.spawn(warm_.run([this] { return rests(); }));
}

/// Nobody waits for what this Node does.
bool Agent::rests() const {
  if (!problem_.empty() || !table_.adopted() || !table_.complete()) return false;
  return std::ranges::none_of(table_.all(), [](const auto& entry) {
    const TaskState& state = entry.second->state();
    return state.work != Work::kNone || state.phase == TaskPhase::kAssigned;
  });
}

/// Of those that no container says whose they are.
std::vector<std::string> Agent::unused(const std::vector<std::string>& sandboxes) const {
  std::vector<std::string> result;
  if (journal_lost_) return result;  // they may have been used, for all that is known
  std::ranges::copy_if(sandboxes, std::back_inserter(result),
                       [this](const std::string& id) { return !table_.uses(id); });
  return result;
}

io::Async<void> Agent::watch_runtime() {
  while (true) {
    const std::string problem = co_await look_at_runtime();
    set_problem(problem);
    co_await loop_.sleep_for(problem.empty() ? kLookWell : kLookIll);
  }
}

/// What is wrong with it, for people; "" when nothing is. The first time that it is well, its pods are
/// adopted; each time that it is well again, they are compared with what was known of them.
io::Async<std::string> Agent::look_at_runtime() {
  auto ask = [](cri::Client& client) { return client.status(); };
  auto status = co_await runtime_.call(Runtime::Lane::kHealth, std::move(ask));
  if (!status) co_return status.error().message;
  if (!status->ready()) co_return status->problem;
  if (table_.adopted() && problem_.empty()) co_return "";
  const std::map<std::string, std::string> before = table_.running();
  auto found = co_await find_pods(runtime_, options_.node);
  if (!found) co_return found.error().message;
  if (table_.adopted()) {
    table_.compare(before, found->tasks);
  } else {
    std::vector<std::string> ready = unused(found->unclaimed);
    co_await warm_.adopt(std::move(ready));  // before any Task begins, which may need one
    table_.adopt(std::move(found->tasks));
    reporter_.everything_changed();
  }
  changed_.set();
  co_return "";
}

void Agent::set_problem(const std::string& problem) {
  if (!table_.adopted()) table_.wait_for(problem);
  if (problem == problem_) return;
  if (problem.empty()) {
    log::info("agent", "containerd at {} is well", options_.containerd);
  } else {
    log::error("agent", "{}", problem);
  }
  problem_ = problem;
  reporter_.node_changed();
}

/// Tasks may be told to stop when no Master is heard for long: also when that began under an earlier Agent.
io::Async<void> Agent::watch_contact() {
  while (true) {
    table_.set_contact(heard_);
    std::optional<TimePoint> silent_since;
    if (clock_.now() - heard_ >= kContactLost) silent_since = heard_;
    if (silent_since != node_journal_.silent_since) {
      node_journal_.silent_since = silent_since;
      changed_.set();
    }
    co_await loop_.sleep_for(kLookAtContact);
  }
}

void Agent::take(const model::AssignmentLine& line) {
  heard_ = clock_.now();
  if (line.incarnation() != 0 && line.incarnation() != incarnation_) {
    incarnation_ = line.incarnation();
    for (const auto& [task, runner] : table_.all()) dirty_.insert(task);  // it stands in each endpoint
  }
  table_.take(line);
  // Before the fence: what was written under the last one must not be written again under this one unasked.
  for (const std::string& task : dirty_) {
    if (const TaskRunner* runner = table_.find(task)) endpoints_.want(task, wanted(*runner));
  }
  logs_.take(line);
  revision_ = line.revision();
  endpoints_.set_fence(store::Revision(line.node_revision()));
  node_journal_.epoch = line.epoch();
  node_journal_.term = line.term();
  changed_.set();
}

io::Async<void> Agent::tend() {
  while (true) {
    co_await changed_.wait();
    co_await loop_.sleep_for(kGather);
    for (const std::string& task : std::exchange(dirty_, {})) tend(task);
    write_journal();
    if (table_.adopted() && table_.complete()) endpoints_.open();
  }
}

void Agent::write_journal() {
  node_journal_.past_ports = network_.ports().history(clock_.wall());
  node_journal_.images = images_.history().uses();
  journal_.set_node(node_journal_);
  journal_.flush();
}

void Agent::tend(const std::string& task) {
  if (!table_.tend(task)) {
    endpoints_.forget(task);
    reported_.erase(task);
    return;
  }
  const TaskRunner& runner = *table_.find(task);
  endpoints_.want(task, wanted(runner));
  std::string report = runner.report().SerializeAsString();
  std::string& reported = reported_[task];
  if (report == reported) return;
  reported = std::move(report);
  reporter_.changed(task);
}

WantedEndpoint Agent::wanted(const TaskRunner& runner) const {
  WantedEndpoint wanted{runner.wish(), {}};
  if (wanted.wish == EndpointWish::kReady)
    wanted.endpoint = endpoint_of(runner.assignment(), runner.pod().ports,
                                  {options_.node, options_.site, incarnation_}, options_.address);
  return wanted;
}

void Agent::fill(model::NodeReport& report, const std::set<std::string>& tasks, Reporter::Part part) const {
  report.set_node(options_.node);
  report.set_epoch(stream_->seen().epoch);
  report.set_term(stream_->seen().term);
  report.set_revision(revision_);
  for (const auto& [task, runner] : table_.all()) {
    const bool is_wanted = !runner->dismissed() || runner->next();
    const bool told = part == Reporter::Part::kEverything ? is_wanted : tasks.contains(task);
    if (told) *report.add_tasks() = runner->report();
  }
  if (part == Reporter::Part::kTasks) return;
  // What the runtime has is not known before: a Task that is not named may run.
  report.set_full(part == Reporter::Part::kEverything && table_.adopted());
  report.set_site(options_.site);
  report.mutable_labels()->insert(options_.labels.begin(), options_.labels.end());
  report.set_address(options_.address);
  report.set_version(HANCOCK_VERSION);
  report.set_boot_id(facts_.boot_id);
  report.mutable_capacity()->set_cpu_millis(facts_.cpu_millis);
  report.mutable_capacity()->set_memory_bytes(facts_.memory_bytes);
  report.mutable_capacity()->set_pids(facts_.pids);
  report.mutable_capacity()->set_tasks(facts_.tasks);
  if (!problem_.empty()) report.add_problems(problem_);
  if (!journal_.problem().empty()) report.add_problems(journal_.problem());
  if (!table_keeper_.problem().empty()) report.add_problems(table_keeper_.problem());
  if (!image_keeper_.problem().empty()) report.add_problems(image_keeper_.problem());
  for (const std::string& missing : pods_.cgroups().missing()) report.add_problems(missing);
}

LogSender::TaskLife Agent::life_of(const std::string& task) {
  const TaskRunner* const runner = table_.find(task);
  if (runner == nullptr) return LogSender::TaskLife::kUnknown;
  return is_over(runner->state()) ? LogSender::TaskLife::kOver : LogSender::TaskLife::kRuns;
}

}  // namespace hancock::agent
