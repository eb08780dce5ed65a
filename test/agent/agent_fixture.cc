#include "agent_fixture.h"

#include <signal.h>

#include "agent/found_pods.h"
#include "base/command.h"
#include "base/file.h"
#include "model/time.h"

namespace hancock::agent::test {

std::unique_ptr<TestNode> AgentFixture::node_;
std::unique_ptr<TestMaster> AgentFixture::master_;

void AgentFixture::SetUpTestSuite() {
  node_ = std::make_unique<TestNode>();
  master_ = std::make_unique<TestMaster>();
}

void AgentFixture::TearDownTestSuite() {
  master_.reset();
  node_.reset();
}

void AgentFixture::SetUp() {
  master().forget();
  std::filesystem::remove_all(node().dir() / "agent/logs");
  start_agent();
}

AgentOptions AgentFixture::options() const {
  AgentOptions options;
  options.node = TestMaster::kNode;
  options.site = "site-1";
  options.labels = {{"disk", "ssd"}};
  options.containerd = node().socket();
  options.address = kNodeAddress;
  options.data = (node().dir() / "agent").string();
  options.cgroup = node().cgroup_parent();
  options.images = images_;
  options.warm_sandboxes = warm_sandboxes_;
  return options;
}

void AgentFixture::start_agent() {
  auto masters = Masters::parse(master().address());
  ASSERT_TRUE(masters);
  thread_ = std::make_unique<LoopThread>();
  thread_->call([&] {
    agent_ = std::make_unique<Agent>(thread_->loop(), system_clock(), system_random(), options(), *masters,
                                     TestMaster::kToken);
    const auto started = agent_->start();
    ASSERT_TRUE(started) << started.error().message;
  });
}

void AgentFixture::stop_agent() {
  if (!thread_) return;
  thread_->call([this] { agent_.reset(); });
  thread_.reset();
}

void AgentFixture::start_agent_process() {
  const AgentOptions what = options();
  const auto token = node().dir() / "token";
  ASSERT_TRUE(write_file(token, std::string(TestMaster::kToken) + "\n"));
  const std::map<std::string, std::string> flags = {{"--node", what.node},
                                                    {"--site", what.site},
                                                    {"--masters", master().address()},
                                                    {"--token-file", token},
                                                    {"--containerd", what.containerd},
                                                    {"--address", what.address},
                                                    {"--data", what.data},
                                                    {"--cgroup", what.cgroup},
                                                    {"--warm-sandboxes", std::to_string(what.warm_sandboxes)},
                                                    {"--image-disk-high", std::to_string(what.images.high)},
                                                    {"--image-disk-low", std::to_string(what.images.low)}};
  std::vector<std::string> argv = {HANCOCK_PROGRAM, "agent"};
  for (const auto& [flag, value] : flags) argv.insert(argv.end(), {flag, value});
  auto spawned =
      Process::spawn({.argv = std::move(argv), .log = node().dir() / "agent.log", .death_signal = SIGKILL});
  ASSERT_TRUE(spawned) << spawned.error().message;
  process_ = std::move(*spawned);
}

void AgentFixture::kill_agent_process() {
  if (!process_) return;
  (void)process_->send_signal(SIGKILL);
  EXPECT_TRUE(process_->wait(BootClock::now() + 10s));
  process_.reset();
}

void AgentFixture::TearDown() {
  kill_agent_process();
  if (!thread_) start_agent();
  master().remove_all();
  EXPECT_TRUE(eventually(
      [&] {
        auto left = node().runtime().sandboxes({});
        return left && left->empty();
      },
      30s));
  EXPECT_TRUE(eventually([&] { return node().cgroups_left().empty(); }, 30s));
  EXPECT_TRUE(eventually([&] { return std::filesystem::is_empty(node().dir() / "agent/tasks"); }));
  EXPECT_TRUE(eventually([&] { return master().endpoints() == 0; }));
  const auto has_ports = [] {
    const auto table = checked_command({.argv = {"nft", "list", "map", "inet", "hancock", "ports"}});
    return !table || table->find("elements") != std::string::npos;
  };
  EXPECT_TRUE(eventually([&] { return !has_ports(); }));
  stop_agent();
}

model::Assignment AgentFixture::assignment(const std::string& task, std::vector<std::string> args) {
  model::Assignment assignment;
  assignment.set_task(task);
  assignment.set_tenant("acme");
  assignment.set_app("shop");
  assignment.set_service("web");
  assignment.set_version(1);
  auto& spec = *assignment.mutable_spec();
  spec.set_image(kTaskImage);
  spec.mutable_args()->Assign(args.begin(), args.end());
  auto& port = *spec.add_ports();
  port.set_name("http");
  port.set_port(8080);
  auto& ready = *spec.mutable_probes()->mutable_ready();
  ready.mutable_tcp()->set_port("http");
  *ready.mutable_interval() = model::to_proto(100ms);
  ready.set_rise(1);
  ready.set_fall(2);
  spec.mutable_resources()->set_cpu_millis(100);
  spec.mutable_resources()->set_memory_bytes(64 << 20);
  spec.mutable_resources()->set_pids(64);
  *spec.mutable_update()->mutable_min_healthy_time() = model::to_proto(0s);
  *spec.mutable_update()->mutable_kill_timeout() = model::to_proto(2s);
  *spec.mutable_restart()->mutable_backoff() = model::to_proto(100ms);
  return assignment;
}

void AgentFixture::run(const model::Assignment& assignment) {
  master().assign(assignment);
  ASSERT_TRUE(wait_for(assignment.task(), model::TASK_STATE_READY)) << message(assignment.task());
}

bool AgentFixture::wait_for(const std::string& task, model::TaskState state, Duration timeout) {
  return eventually([&] { return master().is(task, state); }, timeout);
}

void AgentFixture::release(const std::string& task) {
  master().set_intent(task, model::TASK_INTENT_RELEASE);
  EXPECT_TRUE(wait_for(task, model::TASK_STATE_STOPPED)) << message(task);
}

std::string AgentFixture::message(const std::string& task) {
  const auto report = master().task(task);
  return report ? report->message() : "not heard of";
}

uint16_t AgentFixture::host_port(const std::string& task) {
  const auto report = master().task(task);
  return report && report->ports_size() > 0 ? static_cast<uint16_t>(report->ports(0).host_port())
                                            : uint16_t{0};
}

std::string AgentFixture::visit(uint16_t port, int network) {
  const std::string url = fmt::format("http://{}:{}/", kNodeAddress, port);
  const auto answer = run_command({.argv = {"curl", "-s", "-m", "2", url}, .network_namespace = network});
  return answer ? answer->out : answer.error().message;
}

std::optional<size_t> AgentFixture::pods() {
  const auto sandboxes = node().runtime().sandboxes({});
  return sandboxes ? std::optional(sandboxes->size()) : std::nullopt;
}

int AgentFixture::pid_of(const std::string& task) {
  const auto containers = node().runtime().containers({{kTaskLabel, task}});
  if (!containers) return 0;
  for (const auto& container : *containers) {
    const auto status = node().runtime().container(container.id);
    if (status && status->state == cri::ContainerState::kRunning) return status->pid;
  }
  return 0;
}

}  // namespace hancock::agent::test
