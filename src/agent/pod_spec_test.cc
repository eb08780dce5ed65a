#include "agent/pod_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "agent/cri/convert.h"
#include "hancock/wire.pb.h"

namespace hancock::agent {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

class PodSpecTest : public testing::Test {
 protected:
  PodSpecTest() {
    assignment_.set_task("t-1");
    assignment_.set_tenant("acme");
    assignment_.set_app("shop");
    assignment_.set_service("web");
    assignment_.set_version(3);
    auto& spec = *assignment_.mutable_spec();
    spec.set_image("registry:5000/shop:1");
    spec.add_command("/bin/serve");
    (*spec.mutable_env())["GREETING"] = "hello";
    auto& port = *spec.add_ports();
    port.set_name("http-alt");
    port.set_port(8080);
    spec.mutable_resources()->set_cpu_millis(250);
    spec.mutable_resources()->set_cpu_limit_millis(500);
    spec.mutable_resources()->set_memory_bytes(64 << 20);
    ports_ = ports_of(spec);
    ports_[0].host_port = 20123;
  }

  runtime::v1::ContainerConfig container() {
    runtime::v1::ContainerConfig config;
    cri::fill(container_spec(place_, assignment_, 2, ports_, "sha256:abc"), config);
    return config;
  }

  NodePlace place_{.node = "node-1", .site = "site-1", .cgroup = "/hancock", .log_folder = "/data/logs"};
  model::Assignment assignment_;
  std::vector<PublishedPort> ports_;
};

TEST_F(PodSpecTest, TellsTheTaskWhoAndWhereItIs) {
  const auto spec = container_spec(place_, assignment_, 2, ports_, "sha256:abc");
  EXPECT_THAT(spec.env, testing::IsSupersetOf({Pair("GREETING", "hello"), Pair("HANCOCK_TENANT", "acme"),
                                               Pair("HANCOCK_APP", "shop"), Pair("HANCOCK_SERVICE", "web"),
                                               Pair("HANCOCK_VERSION", "3"), Pair("HANCOCK_TASK", "t-1"),
                                               Pair("HANCOCK_NODE", "node-1"), Pair("HANCOCK_SITE", "site-1"),
                                               Pair("HANCOCK_HOST_PORT_HTTP_ALT", "20123")}));
  EXPECT_THAT(spec.command, ElementsAre("/bin/serve"));
  EXPECT_EQ(spec.log_path, "2.log");
}

TEST_F(PodSpecTest, EveryContainerIsConfined) {
  const auto config = container();
  const auto& security = config.linux().security_context();
  EXPECT_THAT(security.capabilities().drop_capabilities(), ElementsAre("ALL"));
  EXPECT_TRUE(security.no_new_privs());
  ASSERT_TRUE(security.has_seccomp()) << "absent means unconfined";
  EXPECT_EQ(security.seccomp().profile_type(), runtime::v1::SecurityProfile::RuntimeDefault);
  EXPECT_EQ(security.namespace_options().pid(), runtime::v1::CONTAINER);
  EXPECT_THAT(security.masked_paths(), Contains("/proc/kcore"));
}

TEST_F(PodSpecTest, LimitsAreTheSpecs) {
  const auto config = container();
  const auto& resources = config.linux().resources();
  EXPECT_EQ(resources.cpu_shares(), 256);
  EXPECT_EQ(resources.cpu_quota(), 50'000);
  EXPECT_EQ(resources.cpu_period(), 100'000);
  EXPECT_EQ(resources.memory_limit_in_bytes(), 64 << 20);
  EXPECT_EQ(resources.memory_swap_limit_in_bytes(), 64 << 20) << "no swap";
}

TEST_F(PodSpecTest, AContainerTellsItsPortsToTheNextAgent) {
  ports_.push_back({"dns", PortProtocol::kUdp, 53, 20124});
  const auto spec = container_spec(place_, assignment_, 2, ports_, "sha256:abc");
  EXPECT_EQ(ports_of(spec.annotations), ports_);
  EXPECT_THAT(ports_of(cri::Labels{{"hancock.ports", "x y=tcp:1 z=tcp:a:b"}}), testing::IsEmpty());
}

TEST_F(PodSpecTest, ASandboxIsTheNodesAndLivesInTheTasksOwnCgroup) {
  const auto sandbox = sandbox_spec(place_, assignment_, 4);
  EXPECT_THAT(sandbox.labels, Contains(Pair(kTaskLabel, "t-1")));
  EXPECT_THAT(sandbox.labels, Contains(Pair(kNodeLabel, "node-1")));
  EXPECT_EQ(sandbox.uid, "node-1/t-1") << "another Node's Task of that name is another one";
  EXPECT_EQ(sandbox.attempt, 4u);
  EXPECT_EQ(sandbox.cgroup_parent, "/hancock/t-1");
  EXPECT_EQ(sandbox.log_folder, "/data/logs/t-1");
}

TEST(ParseUser, TakesNumbersAndNames) {
  EXPECT_EQ(parse_user("1000")->uid, 1000);
  EXPECT_EQ(parse_user("1000:100")->gid, 100);
  EXPECT_EQ(parse_user("www-data")->name, "www-data");
  EXPECT_FALSE(parse_user("www-data:100"));
  EXPECT_FALSE(parse_user("1000:staff"));
}

}  // namespace
}  // namespace hancock::agent
