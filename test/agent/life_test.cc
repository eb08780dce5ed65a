// A Task's life on a real Node: from its assignment to traffic, through its probes, and gone again.
#include <gmock/gmock.h>
#include <signal.h>

#include "agent_fixture.h"
#include "base/command.h"
#include "model/time.h"
#include "registry/records.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class LifeTest : public AgentFixture {
 protected:
  static model::ProbeSpec& http_probe(model::ProbeSpec& probe) {
    probe.mutable_http()->set_path("/");
    probe.mutable_http()->set_port("http");
    *probe.mutable_interval() = model::to_proto(100ms);
    probe.set_rise(1);
    probe.set_fall(2);
    return probe;
  }
  std::string get(uint16_t port, const std::string& path) {
    const std::string url = fmt::format("http://{}:{}{}", kNodeAddress, port, path);
    const auto answer = run_command({.argv = {"curl", "-s", "-m", "2", url}});
    return answer ? answer->out : "";
  }
};

TEST_F(LifeTest, AnAssignedTaskServesOnAHostPortAndIsRegistered) {
  auto task = assignment("t-1", {"serve", "8080"});
  (*task.mutable_spec()->mutable_env())["GREETING"] = "hello";
  run(task);
  const uint16_t port = host_port("t-1");
  EXPECT_GE(port, 20000);
  EXPECT_EQ(visit(port), "t-1 hello\n") << "from the Node itself";
  EXPECT_EQ(visit(port, far_namespace()), "t-1 hello\n") << "from another machine";
  const auto record = registry::decode<registry::Endpoint>(master().endpoint("t-1").value_or("{}"));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->address, kNodeAddress);
  EXPECT_EQ(record->ports.at("http"), port);
  EXPECT_EQ(record->incarnation, 1);
  EXPECT_EQ(record->state, registry::EndpointState::kReady);
  release("t-1");
  EXPECT_TRUE(eventually([&] { return !master().endpoint("t-1"); }));
  EXPECT_EQ(visit(port), "");
}

TEST_F(LifeTest, TellsTheLeaderWhatNodeItIs) {
  run(assignment("t-1", {"serve", "8080"}));
  const auto report = master().node();
  EXPECT_EQ(report.site(), "site-1");
  EXPECT_EQ(report.address(), kNodeAddress);
  EXPECT_EQ(report.labels().at("disk"), "ssd");
  EXPECT_GT(report.capacity().memory_bytes(), 1u << 30);
  EXPECT_GE(report.capacity().cpu_millis(), 1000u);
  EXPECT_EQ(report.boot_id().size(), 36u);
  EXPECT_EQ(report.problems_size(), 0) << report.problems(0);
  EXPECT_TRUE(master().task("t-1")->has_ready_at());
}

TEST_F(LifeTest, AFailingReadyProbeTakesItOutOfTheRegistryAndBack) {
  auto task = assignment("t-1", {"serve", "8080", "/sick"});
  http_probe(*task.mutable_spec()->mutable_probes()->mutable_ready());
  run(task);
  const uint16_t port = host_port("t-1");
  ASSERT_TRUE(master().endpoint("t-1"));
  EXPECT_TRUE(eventually([&] { return get(port, "/fall") != ""; }));
  EXPECT_TRUE(eventually([&] { return !master().endpoint("t-1"); }));
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_RUNNING));
  EXPECT_THAT(message("t-1"), HasSubstr("its ready probe failed 2 times: GET / on port http: status 503"));
  EXPECT_TRUE(eventually([&] { return get(port, "/rise") != ""; }));
  EXPECT_TRUE(eventually([&] { return master().endpoint("t-1").has_value(); }));
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
}

TEST_F(LifeTest, AFailingLiveProbeRestartsIt) {
  auto task = assignment("t-1", {"serve", "8080", "/sick"});
  http_probe(*task.mutable_spec()->mutable_probes()->mutable_live());
  run(task);
  const int before = pid_of("t-1");
  const uint16_t port = host_port("t-1");
  EXPECT_TRUE(eventually([&] { return get(port, "/fall") != ""; }));
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; })) << message("t-1");
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
  EXPECT_NE(pid_of("t-1"), before);
  EXPECT_EQ(host_port("t-1"), port) << "the sandbox, and with it the port, stays";
}

TEST_F(LifeTest, AnExecProbeRunsInTheContainer) {
  auto task = assignment("t-1", {"serve", "8080"});
  auto& ready = *task.mutable_spec()->mutable_probes()->mutable_ready();
  for (const char* word : {"/task", "exists", "/here"}) ready.mutable_exec()->add_command(word);
  master().assign(task);
  EXPECT_TRUE(eventually([&] { return message("t-1").find("/task: exit code 1") != std::string::npos; }))
      << message("t-1");
  EXPECT_TRUE(master().is("t-1", model::TASK_STATE_RUNNING));
  const auto containers = node().runtime().containers({{kTaskLabel, "t-1"}});
  ASSERT_TRUE(containers && containers->size() == 1);
  const auto touched = node().runtime().exec((*containers)[0].id, {"/task", "touch", "/here"}, 5s);
  ASSERT_TRUE(touched && touched->exit_code == 0);
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
}

TEST_F(LifeTest, DrainKeepsItServingAndReleaseStopsIt) {
  run(assignment("t-1", {"serve", "8080"}));
  const uint16_t port = host_port("t-1");
  master().mark_draining("t-1");
  master().set_intent("t-1", model::TASK_INTENT_DRAIN);
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_DRAINING));
  EXPECT_EQ(visit(port), "t-1 -\n");
  EXPECT_THAT(master().endpoint("t-1").value_or(""), HasSubstr("draining")) << "the leader's word stays";
  release("t-1");
  EXPECT_TRUE(eventually([&] { return !master().endpoint("t-1"); }));
  EXPECT_EQ(master().task("t-1")->exit().code(), 0) << "it ended by SIGTERM, in time";
}

TEST_F(LifeTest, ATaskThatIgnoresItsSignalIsKilledAfterKillTimeout) {
  auto task = assignment("t-1", {"stubborn"});
  task.mutable_spec()->mutable_probes()->clear_ready();
  *task.mutable_spec()->mutable_update()->mutable_kill_timeout() = model::to_proto(500ms);
  run(task);
  const auto before = BootClock::now();
  release("t-1");
  EXPECT_GE(BootClock::now() - before, 500ms);
  EXPECT_EQ(master().task("t-1")->exit().signal(), SIGKILL);
}

TEST_F(LifeTest, TheSpecsKillSignalIsSent) {
  auto task = assignment("t-1", {"serve", "8080"});
  task.mutable_spec()->mutable_update()->set_kill_signal("SIGUSR1");
  run(task);
  release("t-1");
  EXPECT_EQ(master().task("t-1")->exit().code(), 40 + SIGUSR1) << "what the program makes of it";
}

TEST_F(LifeTest, ATaskNoLongerAssignedIsRemoved) {
  run(assignment("t-1", {"serve", "8080"}));
  master().remove("t-1");
  EXPECT_TRUE(eventually([&] { return pods() == 0u; }));
  EXPECT_TRUE(eventually([&] { return !master().endpoint("t-1"); }));
}

TEST_F(LifeTest, ManyTasksOfOneImageRunBesideOneAnother) {
  for (int i = 0; i < 6; ++i) master().assign(assignment(fmt::format("t-{}", i), {"serve", "8080"}));
  std::set<uint16_t> ports;
  for (int i = 0; i < 6; ++i) {
    const std::string id = fmt::format("t-{}", i);
    ASSERT_TRUE(wait_for(id, model::TASK_STATE_READY, 40s)) << id << ": " << message(id);
    EXPECT_EQ(visit(host_port(id)), id + " -\n");
    ports.insert(host_port(id));
  }
  EXPECT_EQ(ports.size(), 6u);
}

}  // namespace
}  // namespace hancock::agent::test
