#include "dev/env_file.h"

#include <gtest/gtest.h>

namespace hancock::dev {
namespace {

Cluster cluster_of(ClusterShape shape) {
  Cluster cluster;
  cluster.dir = "/tmp/d";
  cluster.index = 7;
  cluster.shape = shape;
  return cluster;
}

TEST(EnvFile, lists_every_address_in_order_of_the_names) {
  EXPECT_EQ(render_env(cluster_of({.masters = 1, .nodes = 3, .gateways = 2, .sites = 1}), "secret"),
            "HANCOCK_API=198.18.7.2:7400\n"
            "HANCOCK_TOKEN=secret\n"
            "HANCOCK_ETCD=127.7.2.1:2379\n"
            "HANCOCK_IMAGES=198.18.7.1:5000\n"
            "SLARDAR_HTTP=127.7.0.1:8080,127.7.0.2:8080\n"
            "SLARDAR_HTTPS=127.7.0.1:8443,127.7.0.2:8443\n"
            "SLARDAR_ADMIN=127.7.0.1:1995,127.7.0.2:1995\n"
            "SLARDAR_TCP=127.7.1.1,127.7.1.2\n"
            "export HANCOCK_API HANCOCK_TOKEN HANCOCK_ETCD HANCOCK_IMAGES SLARDAR_HTTP SLARDAR_HTTPS "
            "SLARDAR_ADMIN SLARDAR_TCP\n");
}

TEST(EnvFile, what_a_cluster_has_none_of_is_empty_and_a_plain_etcd_stands_there_without_masters) {
  const std::string text = render_env(cluster_of({.masters = 0, .nodes = 0, .gateways = 0, .sites = 1}), "");
  EXPECT_NE(text.find("HANCOCK_API=\nHANCOCK_TOKEN=\nHANCOCK_ETCD=127.7.2.1:2379\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("SLARDAR_HTTP=\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace hancock::dev
