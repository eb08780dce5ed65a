#include "dev/containerd_config.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hancock::dev {
namespace {

Cluster cluster_in(const std::string& dir) {
  Cluster cluster;
  cluster.dir = dir;
  cluster.index = 7;
  return cluster;
}

TEST(ContainerdConfig, keeps_all_its_state_in_its_own_folder_and_a_short_socket) {
  const std::string text = render_containerd_config(cluster_in("/tmp/d"), 2);
  EXPECT_NE(text.find("root = \"/tmp/d/data/node-2/containerd\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("state = \"/tmp/d/data/node-2/state\"\n"), std::string::npos);
  EXPECT_NE(text.find("address = \"/run/hancock-dev/7/node-2.sock\"\n"), std::string::npos);
  EXPECT_NE(text.find("Root = \"/tmp/d/data/node-2/runc\"\n"), std::string::npos);
  EXPECT_NE(text.find("conf_dir = \"/tmp/d/data/node-2/cni/net.d\"\n"), std::string::npos);
  EXPECT_NE(text.find("sandbox_image = \"hancock.internal/pause:1\"\n"), std::string::npos);
  EXPECT_EQ(text.find('{'), std::string::npos);  // every place is filled
}

TEST(ContainerdConfig, quotes_a_folder_with_odd_characters) {
  const std::string text = render_containerd_config(cluster_in("/tmp/a \"b\\c"), 1);
  EXPECT_NE(text.find(R"(root = "/tmp/a \"b\\c/data/node-1/containerd")"), std::string::npos) << text;
}

TEST(CniConfig, routes_each_task_from_the_nodes_own_subnet_without_iptables) {
  const auto json = nlohmann::json::parse(render_cni_config(cluster_in("/tmp/d"), 3));
  EXPECT_EQ(json["name"], "hancock-7-node-3");
  ASSERT_EQ(json["plugins"].size(), 1U);
  EXPECT_EQ(json["plugins"][0]["type"], "ptp");
  EXPECT_EQ(json["plugins"][0]["ipMasq"], false);
  EXPECT_EQ(json["plugins"][0]["ipam"]["ranges"][0][0]["subnet"], "100.64.48.0/20");
  EXPECT_EQ(json["plugins"][0]["ipam"]["routes"][0]["dst"], "0.0.0.0/0");
  EXPECT_EQ(json["plugins"][0]["ipam"]["dataDir"], "/tmp/d/data/node-3/cni/state");
}

TEST(ImageHosts, names_the_registry_with_plain_http) {
  EXPECT_EQ(render_image_hosts(cluster_in("/tmp/d")),
            "server = \"http://198.18.7.1:5000\"\n"
            "[host.\"http://198.18.7.1:5000\"]\n"
            "  capabilities = [\"pull\", \"resolve\"]\n");
}

}  // namespace
}  // namespace hancock::dev
