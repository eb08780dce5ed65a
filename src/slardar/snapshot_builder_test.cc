#include "slardar/snapshot_builder.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "slardar/testing/records.h"

namespace hancock::slardar {
namespace {

using testing::barrier_of;
using testing::endpoint_of;
using testing::key_of;
using testing::route_of;
using testing::tcp_route_of;

class SnapshotBuilder : public ::testing::Test {
 protected:
  void put(const registry::Route& route) { EXPECT_TRUE(records_.put(key_of(route), encode(route))); }
  void put(const registry::Endpoint& endpoint) {
    EXPECT_TRUE(records_.put(key_of(endpoint), encode(endpoint)));
  }
  void put(const registry::Barrier& barrier) { records_.put(keys_.barrier(barrier.id), encode(barrier)); }
  void upstream(const std::string& name, const std::string& text) {
    records_.put(keys_.upstreams() + name, text);
  }

  Snapshot build() { return build_snapshot(records_, store::Revision(9), 1); }
  /// The ports of the servers that a request for `host` and `path` may be sent
  /// to.
  static std::vector<uint16_t> ports(const Snapshot& snapshot, std::string_view host,
                                     std::string_view path = "/") {
    const auto route = snapshot.http.find(host, path);
    if (!route) return {};
    std::vector<uint16_t> found;
    for (const Route::Share& share : snapshot.routes[*route].shares) {
      for (const Server& server : snapshot.upstreams[share.upstream].servers)
        found.push_back(server.address.port());
    }
    return found;
  }

  registry::Keys keys_;
  RecordSet records_;
};

TEST_F(SnapshotBuilder, a_route_leads_to_the_ready_endpoints_of_its_versions) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002, 2));
  put(endpoint_of("other", "t3", 20003));
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test"), std::vector<uint16_t>{20001});
  EXPECT_NE(snapshot.find_upstream("default/shop/web@1"), nullptr);
  EXPECT_TRUE(snapshot.refused.empty());
}

TEST_F(SnapshotBuilder, a_split_weighs_versions_and_leaves_out_weight_zero) {
  auto route = route_of("web", {"shop.test"});
  route.split = {{1, 90}, {2, 10}, {3, 0}};
  put(route);
  const Snapshot snapshot = build();
  const auto& shares = snapshot.routes[*snapshot.http.find("shop.test", "/")].shares;
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].weight, 90U);
  EXPECT_EQ(snapshot.upstreams[shares[1].upstream].name, "default/shop/web@2");
}

TEST_F(SnapshotBuilder, draining_endpoints_and_tasks_of_an_open_barrier_get_nothing_new) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002));
  auto draining = endpoint_of("web", "t3", 20003);
  draining.state = registry::EndpointState::kDraining;
  put(draining);
  put(barrier_of("b1", {"t2"}, 7));
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test"), std::vector<uint16_t>{20001});
  EXPECT_EQ(snapshot.find_upstream("default/shop/web@1")->draining.size(), 2U);
  EXPECT_TRUE(snapshot.barrier_open);
  EXPECT_EQ(snapshot.leaving, std::set<std::string>{"t2"});
  EXPECT_EQ(snapshot.position.epoch, 7);
}

TEST_F(SnapshotBuilder, endpoints_of_a_node_that_was_declared_lost_get_nothing) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  const registry::NodeRecord lost{"node-1", "site-1", 1};
  records_.put(keys_.node("node-1"), encode(lost));
  EXPECT_TRUE(ports(build(), "shop.test").empty());
}

TEST_F(SnapshotBuilder, of_two_routes_for_one_place_the_older_generation_wins) {
  auto young = route_of("a", {"shop.test", "a.test"}, 9);
  auto old = route_of("b", {"shop.test"}, 3);
  put(young);
  put(old);
  put(endpoint_of("a", "t1", 20001));
  put(endpoint_of("b", "t2", 20002));
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test"), std::vector<uint16_t>{20002});
  EXPECT_EQ(ports(snapshot, "a.test"), std::vector<uint16_t>{20001});
  EXPECT_EQ(snapshot.refused.at(key_of(young)), "shop.test/ belongs to " + key_of(old));
}

TEST_F(SnapshotBuilder, of_two_routes_for_one_tcp_port_the_older_generation_wins) {
  put(tcp_route_of("a", 5432, 9));
  put(tcp_route_of("b", 5432, 3));
  const Snapshot snapshot = build();
  ASSERT_EQ(snapshot.tcp.size(), 1U);
  EXPECT_EQ(snapshot.routes[snapshot.tcp[0].route].service, "b");
  EXPECT_EQ(snapshot.refused.size(), 1U);
}

TEST_F(SnapshotBuilder, an_upstream_answers_for_its_name_unless_a_route_does) {
  upstream("shop.test", R"({"servers":[{"host":"127.0.0.1","port":20001}]})");
  upstream("named.test", R"({"cluster":[{"servers":[{"host":"127.0.0.1","port":20002,"weight":3}]}]})");
  EXPECT_EQ(ports(build(), "shop.test"), std::vector<uint16_t>{20001});
  auto route = route_of("web", {"shop.test"});
  put(route);
  put(endpoint_of("web", "t1", 20003));
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test"), std::vector<uint16_t>{20003});
  EXPECT_EQ(ports(snapshot, "named.test"), std::vector<uint16_t>{20002});
  EXPECT_EQ(snapshot.refused.at(keys_.upstreams() + "shop.test"), "shop.test/ belongs to " + key_of(route));
  EXPECT_TRUE(snapshot.route_by_upstream.contains("shop.test"));
}

TEST_F(SnapshotBuilder, a_route_without_the_whole_host_leaves_the_rest_to_the_upstream_of_that_name) {
  auto route = route_of("web", {"shop.test"});
  route.entrances[0].paths = {"/api"};
  put(route);
  put(endpoint_of("web", "t1", 20001));
  upstream("shop.test", R"({"servers":[{"host":"127.0.0.1","port":20002}]})");
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test", "/api/x"), std::vector<uint16_t>{20001});
  EXPECT_EQ(ports(snapshot, "shop.test", "/x"), std::vector<uint16_t>{20002});
  EXPECT_TRUE(snapshot.refused.empty());
}

// Any records in any order: the same snapshot, every place held by the oldest that claims it.
TEST_F(SnapshotBuilder, the_oldest_claim_wins_whatever_the_order_of_arrival) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SeededRandom random(seed);
    std::vector<registry::Route> routes;
    for (int i = 0; i < 6; ++i) {
      std::vector<std::string> hosts;
      for (const char* host : {"a.test", "b.test", "c.test"}) {
        if (random.below(2)) hosts.push_back(host);
      }
      if (hosts.empty()) hosts.push_back("a.test");
      routes.push_back(route_of("s" + std::to_string(i), hosts, static_cast<int64_t>(random.below(4))));
    }
    RecordSet records;
    for (size_t i = routes.size(); i > 0; --i) std::swap(routes[i - 1], routes[random.below(i)]);
    for (const auto& route : routes) records.put(key_of(route), encode(route));
    const Snapshot snapshot = build_snapshot(records, {}, 1);
    for (const char* host : {"a.test", "b.test", "c.test"}) {
      const registry::Route* want = nullptr;
      for (const auto& route : routes) {
        const auto& hosts = route.entrances[0].hosts;
        if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) continue;
        if (!want || std::pair(route.generation, key_of(route)) < std::pair(want->generation, key_of(*want)))
          want = &route;
      }
      const auto found = snapshot.http.find(host, "/");
      ASSERT_EQ(found.has_value(), want != nullptr);
      if (want) {
        EXPECT_EQ(snapshot.routes[*found].source, key_of(*want)) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace hancock::slardar
