#include "slardar/confd/snapshot_builder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"
#include "slardar/testing/records.h"

namespace hancock::slardar {
namespace {

using testing::barrier_of;
using testing::endpoint_of;
using testing::key_of;
using testing::route_of;
using testing::tcp_route_of;

class SnapshotBuilderTest : public ::testing::Test {
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
  static UpstreamPtr find_upstream(const Snapshot& snapshot, std::string_view name) {
    const auto& all = snapshot.upstreams;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const UpstreamPtr& each) { return each && each->name == name; });
    return found == all.end() ? nullptr : *found;
  }
  /// The ports of the servers that a request for `host` and `path` may be sent to.
  static std::vector<uint16_t> ports(const Snapshot& snapshot, std::string_view host,
                                     std::string_view path = "/") {
    const auto route = snapshot.http->find(host, path);
    if (!route) return {};
    std::vector<uint16_t> found;
    for (const Route::Share& share : snapshot.routes[*route]->shares) {
      for (const Upstream::Level& level : snapshot.upstreams[share.upstream]->levels)
        for (const Server& server : level.servers) found.push_back(server.address.port());
    }
    return found;
  }

  registry::Keys keys_;
  RecordSet records_;
};

TEST_F(SnapshotBuilderTest, a_route_leads_to_the_ready_endpoints_of_its_versions) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002, 2));
  put(endpoint_of("other", "t3", 20003));
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test"), std::vector<uint16_t>{20001});
  EXPECT_NE(find_upstream(snapshot, "default/shop/web@1"), nullptr);
  EXPECT_TRUE(snapshot.refused.empty());
}

TEST_F(SnapshotBuilderTest, a_split_weighs_versions_and_leaves_out_weight_zero) {
  auto route = route_of("web", {"shop.test"});
  route.split = {{1, 90}, {2, 10}, {3, 0}};
  put(route);
  const Snapshot snapshot = build();
  const auto& shares = snapshot.routes[*snapshot.http->find("shop.test", "/")]->shares;
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].weight, 90U);
  EXPECT_EQ(snapshot.upstreams[shares[1].upstream]->name, "default/shop/web@2");
}

TEST_F(SnapshotBuilderTest, draining_endpoints_and_tasks_of_an_open_barrier_get_nothing_new) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002));
  auto draining = endpoint_of("web", "t3", 20003);
  draining.state = registry::EndpointState::kDraining;
  put(draining);
  put(barrier_of("b1", {"t2"}, 7));
  const Snapshot snapshot = build();
  EXPECT_EQ(ports(snapshot, "shop.test"), std::vector<uint16_t>{20001});
  EXPECT_EQ(find_upstream(snapshot, "default/shop/web@1")->draining.size(), 2U);
  EXPECT_TRUE(snapshot.barrier_open);
  EXPECT_EQ(snapshot.leaving, std::set<std::string>{"t2"});
  EXPECT_EQ(snapshot.position.epoch, 7);
}

TEST_F(SnapshotBuilderTest, endpoints_of_a_node_that_was_declared_lost_get_nothing) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  const registry::NodeRecord lost{"node-1", "site-1", 1};
  records_.put(keys_.node("node-1"), encode(lost));
  EXPECT_TRUE(ports(build(), "shop.test").empty());
}

TEST_F(SnapshotBuilderTest, of_two_routes_for_one_place_the_older_generation_wins) {
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

TEST_F(SnapshotBuilderTest, of_two_routes_for_one_tcp_port_the_older_generation_wins) {
  put(tcp_route_of("a", 5432, 9));
  put(tcp_route_of("b", 5432, 3));
  const Snapshot snapshot = build();
  ASSERT_EQ(snapshot.tcp.size(), 1U);
  EXPECT_EQ(snapshot.routes[snapshot.tcp[0].route]->service, "b");
  EXPECT_EQ(snapshot.refused.size(), 1U);
}

TEST_F(SnapshotBuilderTest, an_upstream_answers_for_its_name_unless_a_route_does) {
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
  EXPECT_TRUE(snapshot.route_by_upstream->contains("shop.test"));
}

TEST_F(SnapshotBuilderTest, a_route_without_the_whole_host_leaves_the_rest_to_the_upstream_of_that_name) {
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
TEST_F(SnapshotBuilderTest, the_oldest_claim_wins_whatever_the_order_of_arrival) {
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
      const auto found = snapshot.http->find(host, "/");
      ASSERT_EQ(found.has_value(), want != nullptr);
      if (want) {
        EXPECT_EQ(snapshot.routes[*found]->source, key_of(*want)) << "seed " << seed;
      }
    }
  }
}

/// All that a snapshot leads visitors to, without its numbers and places.
std::vector<std::string> described(const Snapshot& snapshot) {
  const auto servers = [](const std::vector<Server>& list) {
    std::string text;
    for (const Server& each : list)
      text += fmt::format(" {}({}x{})", each.address.to_string(), each.task, each.weight);
    return text;
  };
  const auto route = [&](RouteIndex index) {
    const Route& one = *snapshot.routes.at(index);
    std::string text = one.source + " tries " + std::to_string(one.tries);
    for (const Route::Share& share : one.shares) {
      const Upstream& upstream = *snapshot.upstreams.at(share.upstream);
      std::string levels;
      for (const Upstream::Level& level : upstream.levels) levels += " |" + servers(level.servers);
      text += fmt::format(" [{}:{} {} {}{} draining{}]", share.version, share.weight, upstream.name,
                          upstream.key, levels, servers(upstream.draining));
    }
    return text;
  };
  std::vector<std::string> lines;
  snapshot.http->each([&](const std::string& host, const std::string& path, RouteIndex index) {
    lines.push_back(host + path + " " + route(index));
  });
  for (const TcpEntrance& each : snapshot.tcp)
    lines.push_back(fmt::format("{} {}", each.port, route(each.route)));
  for (const auto& [name, index] :
       std::map(snapshot.route_by_upstream->begin(), snapshot.route_by_upstream->end()))
    lines.push_back(name + " " + route(index));
  for (const auto& [key, why] : snapshot.refused) lines.push_back("refused " + key + " " + why);
  for (const std::string& task : snapshot.leaving) lines.push_back("leaving " + task);
  size_t routes = 0;
  size_t upstreams = 0;
  for (const RoutePtr& each : snapshot.routes) routes += each ? 1 : 0;
  for (const UpstreamPtr& each : snapshot.upstreams) upstreams += each ? 1 : 0;
  lines.push_back(fmt::format("{} routes, {} upstreams", routes, upstreams));
  return lines;
}

/// One record of any kind comes, changes or goes.
void change_something(RecordSet& records, SeededRandom& random) {
  const registry::Keys& keys = records.keys();
  const auto any = [&](const char* name, uint64_t of) { return name + std::to_string(random.below(of)); };
  const std::string host = any("h", 4) + ".test";
  auto route = route_of(any("s", 4), {host, any("h", 4) + ".test"}, static_cast<int64_t>(random.below(4)));
  const auto endpoint = endpoint_of(any("s", 4), any("t", 8), static_cast<uint16_t>(20'000 + random.below(3)),
                                    static_cast<uint32_t>(1 + random.below(3)));
  switch (random.below(11)) {
    case 0:
      route.split = {{1, 1}, {static_cast<uint32_t>(2 + random.below(2)), random.below(2) ? 3U : 0U}};
      if (random.below(2))
        route.entrances.push_back(
            tcp_route_of("x", static_cast<uint16_t>(5000 + random.below(2))).entrances[0]);
      if (random.below(3) == 0) route.entrances[0].hosts.push_back("not a host");
      records.put(key_of(route), encode(route));
      break;
    case 1:
      records.put(key_of(route), encode(route));
      break;
    case 2:
      records.remove(key_of(route));
      break;
    case 3:
    case 4:
    case 5:
      records.put(key_of(endpoint), encode(endpoint));
      break;
    case 6:
      records.remove(key_of(endpoint));
      break;
    case 7:
      records.put(keys.barrier(any("b", 2)), encode(barrier_of("b", {any("t", 8), any("t", 8)})));
      break;
    case 8:
      records.remove(keys.barrier(any("b", 2)));
      break;
    case 9:
      records.put(keys.node("node-1"),
                  encode(registry::NodeRecord{"node-1", "site-1", static_cast<int64_t>(random.below(2))}));
      break;
    default:
      if (random.below(3) == 0) {
        records.remove(keys.upstreams() + host);
      } else {
        records.put(
            keys.upstreams() + host,
            fmt::format(R"({{"servers":[{{"host":"127.0.0.1","port":{}}}]}})", 30'000 + random.below(3)));
      }
  }
}

// What is carried over from one snapshot to the next is what would have been built anew.
TEST_F(SnapshotBuilderTest, step_by_step_it_comes_to_what_is_built_from_nothing) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SeededRandom random(seed);
    RecordSet records;
    SnapshotBuilder builder;
    for (uint64_t step = 1; step <= 120; ++step) {
      for (uint64_t changes = 1 + random.below(3); changes > 0; --changes) change_something(records, random);
      const Snapshot stepped = builder.build(records, records.take_changes(), {}, step);
      const Snapshot fresh = build_snapshot(records, {}, step);
      ASSERT_EQ(described(stepped), described(fresh)) << "seed " << seed << " step " << step;
    }
  }
}

TEST_F(SnapshotBuilderTest, what_a_change_does_not_concern_is_the_same_object_afterwards) {
  SnapshotBuilder builder;
  for (const char* name : {"a", "b", "c"}) {
    put(route_of(name, {std::string(name) + ".test"}));
    put(endpoint_of(name, std::string(name) + "1", 20001));
  }
  const Snapshot first = builder.build(records_, records_.take_changes(), {}, 1);
  put(endpoint_of("b", "b2", 20002));
  put(route_of("c", {"c.test"}, 2));
  const Snapshot second = builder.build(records_, records_.take_changes(), {}, 2);
  EXPECT_EQ(first.http, second.http);
  EXPECT_EQ(first.routes, second.routes) << "a generation is no change of a route";
  ASSERT_EQ(second.upstreams.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    const bool is_b = second.upstreams[i]->labels.service == "b";
    EXPECT_EQ(first.upstreams[i] != second.upstreams[i], is_b);
  }
}

}  // namespace
}  // namespace hancock::slardar
