// Gateways of `hancock dev` on a plain etcd. Needs root.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "dev/machine.h"

namespace hancock::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

std::string status_of(const std::string& url) {
  return shell("curl -s -o /dev/null -w '%{http_code}' http://" + url);
}

bool eventually(const std::function<bool()>& condition) {
  for (const TimePoint deadline = BootClock::now() + 30s; BootClock::now() < deadline;) {
    if (condition()) return true;
  }
  return false;
}

TEST(DevGateways, have_a_snapshot_and_answer_at_the_addresses_in_env) {
  DevCluster cluster;
  const auto up = cluster.run("up", {"--masters", "0", "--gateways", "2", "--sites", "2", "--detach"});
  ASSERT_TRUE(up.status.ok()) << up.err;
  const auto http = split(cluster.env("SLARDAR_HTTP"));
  const auto admin = split(cluster.env("SLARDAR_ADMIN"));
  const auto tcp = split(cluster.env("SLARDAR_TCP"));
  ASSERT_EQ(http.size(), 2U);
  ASSERT_EQ(admin.size(), 2U);
  ASSERT_EQ(tcp.size(), 2U);
  EXPECT_NE(tcp[0], tcp[1]);
  for (const std::string& address : admin) EXPECT_EQ(status_of(address + "/readyz"), "200");
  for (const std::string& address : http) EXPECT_EQ(status_of(address + "/"), "404");  // no route yet
  // Each is known in the Registry by its name and Site.
  const std::string presence = shell("ETCDCTL_API=3 etcdctl --endpoints " + cluster.env("HANCOCK_ETCD") +
                                     " get --prefix /hancock/gateways/");
  EXPECT_THAT(presence, HasSubstr("site-1"));
  EXPECT_THAT(presence, HasSubstr("site-2"));
}

TEST(DevGateways, one_that_was_killed_is_back_after_its_start_and_the_other_never_left) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", {"--masters", "0", "--gateways", "2", "--detach"}).status.ok());
  const auto admin = split(cluster.env("SLARDAR_ADMIN"));
  ASSERT_TRUE(cluster.run("kill", {"gateway-1"}).status.ok());
  EXPECT_EQ(status_of(admin[0] + "/healthz"), "exit code 7: ");  // curl: could not connect
  EXPECT_EQ(status_of(admin[1] + "/readyz"), "200");
  ASSERT_TRUE(cluster.run("start", {"gateway-1"}).status.ok());
  EXPECT_TRUE(eventually([&] { return status_of(admin[0] + "/readyz") == "200"; }));
}

TEST(DevGateways, stop_lets_it_drain_and_down_leaves_nothing) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", {"--masters", "0", "--gateways", "1", "--detach"}).status.ok());
  const std::string index = cluster.index();
  const auto stopped = cluster.run("stop", {"gateway-1"});
  EXPECT_TRUE(stopped.status.ok()) << stopped.err;
  EXPECT_TRUE(cluster.process("gateway-1")["pid"].is_null());
  EXPECT_EQ(cluster.run("down").status.code, 0);
  EXPECT_EQ(left_on_machine(cluster.dir(), index), "");
}

}  // namespace
}  // namespace hancock::test
