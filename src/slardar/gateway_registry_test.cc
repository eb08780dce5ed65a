// What a whole gateway makes of the Registry, in this process: swaps, refusals, presence, barriers, TCP,
// drain.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "slardar/testing/slow_store.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

TEST(GatewayRegistry, announces_itself_before_it_listens_and_says_what_it_has_applied) {
  World world;
  world.put(route_of("web", {"shop.test"}));
  const auto revision = world.put("/hancock/beat", "1");
  world.start();
  ASSERT_TRUE(world.until([&] {
    const auto record = world.record();
    return record && record->applied.revision >= revision && record->address == world.http().to_string();
  }));
  EXPECT_TRUE(world.until([&] { return world.admin("/readyz").status == 200; }));
  world.stop();
  EXPECT_EQ(world.wait(), 0);
  EXPECT_FALSE(world.record());
}

// Presence, then load, then listen: a barrier that is opened while a gateway
// starts is not passed over.
TEST(GatewayRegistry, is_seen_by_a_barrier_before_it_reads_and_listens_after_it_has_read) {
  World world(1);
  SlowStore slow(world.loop, world.server, registry::Keys().barriers());
  world.put(route_of("web", {"shop.test"}));
  world.put(endpoint_of("web", "leaving", world.named_peer("leaving").port()));
  world.put(endpoint_of("web", "staying", world.named_peer("staying").port()));
  Gateway gateway(world.loop, world.config, slow);
  io::Scope scope;
  int exit_code = -1;
  const auto run = [](Gateway& one, int& code) -> io::Async<void> { code = co_await one.run(); };
  scope.spawn(run(gateway, exit_code));
  ASSERT_TRUE(world.until([&] { return world.record().has_value(); }));
  EXPECT_FALSE(gateway.address_of("http"));
  const auto revision = world.put(registry::Keys().barrier("b1"), encode(barrier_of("b1", {"leaving"})));
  EXPECT_EQ(world.record()->applied, registry::Position()) << "the leader sees it and waits";

  slow.release();
  ASSERT_TRUE(world.until([&] { return gateway.address_of("http").has_value(); }));
  EXPECT_TRUE(world.until([&] { return world.record()->applied >= registry::Position{1, revision}; }));
  for (int i = 0; i < 6; ++i) {
    Visitor visitor(world.loop, *gateway.address_of("http"));
    visitor.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    EXPECT_EQ(visitor.answer().body, "staying");
  }
  gateway.stop();
  EXPECT_TRUE(world.until([&] { return exit_code == 0; }));
}

TEST(GatewayRegistry, routes_and_endpoints_come_and_go_while_it_runs) {
  World world;
  world.start();
  EXPECT_EQ(world.get("shop.test", "/").status, 404);
  world.put(route_of("web", {"shop.test"}));
  EXPECT_TRUE(world.answers("shop.test", 503));
  const auto endpoint = endpoint_of("web", "t1", world.named_peer("web").port());
  world.put(endpoint);
  EXPECT_TRUE(world.answers("shop.test", 200, "web"));
  world.remove(key_of(endpoint));
  EXPECT_TRUE(world.answers("shop.test", 503));
  world.remove(key_of(route_of("web", {})));
  EXPECT_TRUE(world.answers("shop.test", 404));
}

/// What its record says of "web"; nothing while there is no record.
registry::Answers counted(World& world, uint32_t version) {
  const auto record = world.record();
  if (!record) return {};
  const auto service = record->answers.find("default/shop/web");
  return service == record->answers.end() ? registry::Answers() : service->second.at(version);
}

/// Visits until five of each have come: {of them below 500, the others}.
std::pair<uint64_t, uint64_t> visit_both(World& world) {
  uint64_t good = 0;
  uint64_t bad = 0;
  for (int i = 0; i < 1'000 && (good < 5 || bad < 5); ++i)
    ++(world.get("shop.test", "/").status < 500 ? good : bad);
  return {good, bad};
}

TEST(GatewayRegistry, counts_what_the_visitors_of_versions_get_that_share_them) {
  World world;
  const auto answer = [](int status) {
    return [status](const http::RequestHead&, const std::string&) { return http::Response(status, ""); };
  };
  auto route = route_of("web", {"shop.test"});
  world.put(route);
  world.put(route_of("other", {"other.test"}));
  world.put(endpoint_of("other", "t3", world.peer(answer(500)).port()));
  world.put(endpoint_of("web", "t1", world.peer(answer(200)).port(), 1));
  world.put(endpoint_of("web", "t2", world.peer(answer(500)).port(), 2));
  world.start();
  ASSERT_TRUE(world.answers("shop.test", 200));
  ASSERT_TRUE(world.answers("other.test", 500));

  route.split = {{1, 1}, {2, 1}};
  const auto split_at = world.put(key_of(route), encode(route));
  ASSERT_TRUE(world.until([&] { return world.record()->applied.revision >= split_at; }));
  const auto [good, bad] = visit_both(world);
  const uint64_t all = good + bad;
  ASSERT_TRUE(world.until([&] { return counted(world, 1).requests + counted(world, 2).requests == all; }));
  EXPECT_EQ(counted(world, 1).requests, good) << "since they share them";
  EXPECT_EQ(counted(world, 1).failed, 0U);
  EXPECT_EQ(counted(world, 2).requests, bad);
  EXPECT_EQ(counted(world, 2).failed, bad);
  uint64_t heads = 0;
  for (const auto& [step, count] : counted(world, 1).heads) heads += count;
  EXPECT_EQ(heads, good);
  EXPECT_TRUE(counted(world, 2).heads.empty()) << "who fails at once is not quick";
  EXPECT_EQ(world.record()->answers.size(), 1U) << "of no other Service";

  route.split = {{2, 1}};
  world.put(route);
  EXPECT_TRUE(world.until([&] { return world.record()->answers.empty(); })) << "nothing is compared any more";
}

TEST(GatewayRegistry, what_it_answers_in_a_servers_place_counts_as_the_servers) {
  World world;
  auto route = route_of("web", {"shop.test"});
  route.split = {{1, 1}, {2, 1}};
  world.put(route);
  world.put(endpoint_of("web", "t1", world.named_peer("well").port(), 1));
  world.put(endpoint_of("web", "t2", 1, 2));
  world.start();
  ASSERT_TRUE(world.answers("shop.test", 502));
  const uint64_t before = counted(world, 2).requests;
  const uint64_t bad = visit_both(world).second;
  EXPECT_TRUE(world.until([&] { return counted(world, 2).failed >= before + bad; }));
  EXPECT_EQ(counted(world, 2).failed, counted(world, 2).requests);
  EXPECT_EQ(counted(world, 1).failed, 0U);
}

TEST(GatewayRegistry, an_operators_upstream_answers_for_its_name) {
  World world;
  world.start();
  const std::string servers =
      R"({"servers":[{"host":"127.0.0.1","port":)" + std::to_string(world.named_peer("named").port()) + "}]}";
  world.put("/hancock/upstreams/u.test", servers);
  EXPECT_TRUE(world.answers("u.test", 200, "named"));
  EXPECT_NE(world.admin("/upstream/u.test").body.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(world.admin("/upstream/none").status, 404);
}

TEST(GatewayRegistry, a_bad_record_is_refused_alone) {
  World world;
  world.start();
  const auto good = route_of("web", {"shop.test"});
  world.put(good);
  world.put(endpoint_of("web", "t1", world.named_peer("web").port()));
  ASSERT_TRUE(world.answers("shop.test", 200, "web"));
  world.put(key_of(good), "{nonsense");
  world.put(route_of("other", {"other.test"}));
  world.put(endpoint_of("other", "t2", world.named_peer("other").port()));
  EXPECT_TRUE(world.answers("other.test", 200, "other"));
  EXPECT_EQ(world.get("shop.test", "/").body, "web");
  EXPECT_TRUE(world.until([&] {
    const auto record = world.record();
    return record && record->refused.size() == 1 && record->refused.begin()->second.starts_with("not JSON");
  })) << world.admin("/status").body;
  EXPECT_NE(world.admin("/status").body.find("not JSON"), std::string::npos);
  EXPECT_NE(world.admin("/metrics").body.find("slardar_bad_records 1\n"), std::string::npos);
}

TEST(GatewayRegistry, tcp_by_port_with_half_close_and_ports_that_come_and_go) {
  World world;
  world.start();
  auto& peer = world.scripted_peer({{"answer"}});
  const uint16_t port = free_port(world.loop);
  world.put(endpoint_of("db", "t1", peer.port()));
  world.put(tcp_route_of("db", port));
  const io::Address address = *io::Address::of("127.0.0.1", port);
  const auto listens = [&] { return !io::Listener::listen(world.loop, address); };
  ASSERT_TRUE(world.until(listens));
  Visitor visitor(world.loop, address);
  visitor.send("question\r\n\r\n");
  visitor.end();
  EXPECT_EQ(visitor.rest(), "answer");
  EXPECT_EQ(peer.requests().at(0), "question\r\n\r\n");
  world.remove(key_of(tcp_route_of("db", port)));
  EXPECT_TRUE(world.until([&] { return !listens(); }));
}

TEST(GatewayRegistry, a_stream_is_not_idle_while_one_side_of_it_sends) {
  World world;
  world.start();
  auto& peer = world.scripted_peer({{"answer"}});
  const uint16_t port = free_port(world.loop);
  world.put(endpoint_of("db", "t1", peer.port()));
  registry::Route route = tcp_route_of("db", port);
  route.entrances[0].timeouts.idle_ms = 1'000;
  world.put(route);
  const io::Address address = *io::Address::of("127.0.0.1", port);
  ASSERT_TRUE(world.until([&] { return !io::Listener::listen(world.loop, address); }));
  Visitor visitor(world.loop, address);
  const TimePoint end = world.loop.now() + 1'500ms;
  std::string question;
  while (world.loop.now() < end) {
    visitor.send("q");
    question += "q";
    const TimePoint next = world.loop.now() + 50ms;
    world.until([&] { return world.loop.now() >= next; });
  }
  visitor.send("\r\n\r\n");
  EXPECT_EQ(visitor.rest(), "answer");
  EXPECT_EQ(peer.requests().at(0), question + "\r\n\r\n");
}

TEST(GatewayRegistry, what_comes_in_bulk_over_tcp_arrives_whole) {
  World world;
  world.start();
  std::string answer;
  for (int i = 0; answer.size() < (8U << 20); ++i) answer += std::to_string(i) + ",";
  auto& peer = world.scripted_peer({{answer}});
  const uint16_t port = free_port(world.loop);
  world.put(endpoint_of("db", "t1", peer.port()));
  world.put(tcp_route_of("db", port));
  const io::Address address = *io::Address::of("127.0.0.1", port);
  ASSERT_TRUE(world.until([&] { return !io::Listener::listen(world.loop, address); }));
  Visitor visitor(world.loop, address);
  visitor.send("question\r\n\r\n");
  visitor.end();
  EXPECT_EQ(visitor.rest(), answer);
}

TEST(GatewayRegistry, a_port_that_is_taken_is_refused_alone_until_it_is_free) {
  World world;
  world.start();
  const uint16_t port = free_port(world.loop);
  const io::Address address = *io::Address::of("127.0.0.1", port);
  auto squatter = *io::Listener::listen(world.loop, address);
  world.put(route_of("web", {"shop.test"}));
  world.put(endpoint_of("web", "t1", world.named_peer("web").port()));
  const auto route = tcp_route_of("db", port);
  world.put(route);
  world.put(endpoint_of("db", "t2", world.scripted_peer({{"answer"}}).port()));
  EXPECT_TRUE(world.answers("shop.test", 200, "web"));
  EXPECT_TRUE(world.until([&] {
    const auto record = world.record();
    return record && record->refused.contains(key_of(route)) &&
           record->refused.at(key_of(route)).find("tcp port " + std::to_string(port)) == 0;
  }));
  squatter.reset();
  EXPECT_TRUE(world.until([&] { return world.record()->refused.empty(); }));
}

// The whole of it: what leaves is counted until it has ended, what is new goes elsewhere, and both are said.
TEST(GatewayRegistry, a_barrier_is_acknowledged_and_in_flight_falls_to_zero) {
  World world;
  world.put(route_of("web", {"shop.test"}));
  auto& old_peer =
      world.scripted_peer({{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: "
                            "x\r\nConnection: upgrade\r\n\r\n"
                            "hello",
                            "never"}});
  auto old_endpoint = endpoint_of("web", "old", old_peer.port());
  world.put(old_endpoint);
  world.start();
  Visitor visitor = world.visit();
  visitor.send(
      "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: "
      "upgrade\r\nUpgrade: x\r\n\r\n");
  EXPECT_EQ(visitor.answer().status, 101);
  EXPECT_EQ(visitor.some(5), "hello");

  world.put(endpoint_of("web", "new", world.named_peer("new").port()));
  old_endpoint.state = registry::EndpointState::kDraining;
  world.put(old_endpoint);
  const auto revision = world.put(registry::Keys().barrier("b1"), encode(barrier_of("b1", {"old"}, 3)));
  const registry::Position wanted{3, revision};
  ASSERT_TRUE(world.until([&] { return world.record()->applied >= wanted; }));
  EXPECT_EQ(world.record()->in_flight, (TaskCounts{{"old", 1}}));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world.get("shop.test", "/").body, "new");

  visitor.close();
  EXPECT_TRUE(world.until([&] { return world.record()->in_flight == TaskCounts{{"old", 0}}; }));
  world.remove(registry::Keys().barrier("b1"));
  EXPECT_TRUE(world.until([&] { return world.record()->in_flight.empty(); }));
}

TEST(GatewayRegistry, idle_connections_to_a_task_that_leaves_are_closed) {
  World world(1);
  world.put(route_of("web", {"shop.test"}));
  HttpPeer& peer = world.named_peer("web");
  world.put(endpoint_of("web", "t1", peer.port()));
  world.start();
  EXPECT_EQ(world.get("shop.test", "/").status, 200);
  EXPECT_EQ(peer.connections(), 1U);
  world.put(barrier_of("b1", {"t1"}));
  EXPECT_TRUE(world.until([&] { return peer.connections() == 0; }, 2s));
}

TEST(GatewayRegistry, a_lost_lease_is_followed_by_a_new_presence) {
  World world;
  world.put(route_of("web", {"shop.test"}));
  world.start();
  ASSERT_TRUE(world.until([&] { return world.record() && world.record()->applied != registry::Position(); }));
  // Somebody revokes it: the next renewal finds nothing.
  world.revoke_lease(store::LeaseId(1));
  EXPECT_TRUE(world.until([&] { return !world.record(); }));
  EXPECT_TRUE(
      world.until([&] { return world.record() && world.record()->applied != registry::Position(); }, 20s));
}

TEST(GatewayRegistry, without_the_store_it_serves_on_and_starts_from_disk) {
  const TempDir folder("slardar_state");
  World world;
  world.config.state = folder / "state";
  world.put(route_of("web", {"shop.test"}));
  world.put(endpoint_of("web", "t1", world.named_peer("web").port()));
  world.start();
  ASSERT_EQ(world.get("shop.test", "/").body, "web");
  world.gateways.set_reachable(false);
  EXPECT_EQ(world.get("shop.test", "/").body, "web");
  world.stop();
  EXPECT_EQ(world.wait(), 0);

  world.start();
  EXPECT_EQ(world.get("shop.test", "/").body, "web");
  EXPECT_EQ(world.admin("/readyz").status, 503);
  EXPECT_EQ(world.admin("/healthz").status, 200);
  world.gateways.set_reachable(true);
  EXPECT_TRUE(world.until([&] { return world.admin("/readyz").status == 200; }));
}

// Its ports may be another tenant's by now; what an operator names stays his.
TEST(GatewayRegistry, a_snapshot_of_unknown_or_too_great_age_serves_no_endpoints_of_hancock) {
  const WallTime now = system_clock().wall();
  const std::vector<std::pair<WallTime, int>> cases = {{now - 11h, 200}, {now - 13h, 503}, {now + 1h, 503}};
  for (const auto& [known_at, status] : cases) {
    const TempDir folder("slardar_state");
    World world(1);
    world.config.state = folder / "state";
    const auto route = route_of("web", {"shop.test"});
    const auto endpoint = endpoint_of("web", "t1", world.named_peer("web").port());
    const std::string named =
        R"({"servers":[{"host":"127.0.0.1","port":)" + std::to_string(endpoint.ports.at("http")) + "}]}";
    const SavedRecords saved{{1, store::Revision(7)},
                             known_at,
                             {{key_of(route), encode(route)},
                              {key_of(endpoint), encode(endpoint)},
                              {"/hancock/upstreams/u.test", named}}};
    ASSERT_TRUE(save_records(world.config.state + ".snapshot", saved));
    world.gateways.set_reachable(false);
    world.start();
    const http::Answer answer = world.get("shop.test", "/");
    EXPECT_EQ(answer.status, status) << to_rfc3339(known_at);
    EXPECT_EQ(answer.headers.get("X-Slardar-Error").value_or(""), status == 503 ? "stale" : "");
    EXPECT_EQ(world.get("u.test", "/").status, 200);
  }
}

TEST(GatewayRegistry, a_fixed_tcp_address_leads_to_an_operators_upstream) {
  World world;
  world.config.tcp.push_back({*io::Address::parse("127.0.0.1:0"), "db"});
  world.put("/hancock/upstreams/db", R"({"servers":[{"host":"127.0.0.1","port":)" +
                                         std::to_string(free_port(world.loop)) +
                                         R"(},{"host":"127.0.0.1","port":)" +
                                         std::to_string(world.scripted_peer({{"answer"}}).port()) + "}]}");
  world.start();
  ASSERT_TRUE(world.until([&] { return world.gateway->address_of("tcp").has_value(); }));
  Visitor visitor(world.loop, *world.gateway->address_of("tcp"));
  visitor.send("question\r\n\r\n");
  EXPECT_EQ(visitor.rest(), "answer") << "the first server refuses, the second answers";
}

TEST(GatewayRegistry, a_drain_finishes_what_is_in_flight_and_takes_nothing_new) {
  World world(1);
  world.put(route_of("web", {"shop.test"}));
  auto& peer = world.scripted_peer({{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", "cd"}});
  world.put(endpoint_of("web", "t1", peer.port()));
  world.start();
  Visitor busy = world.visit();
  busy.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\n");
  Visitor idle = world.visit();
  ASSERT_TRUE(world.until([&] { return peer.requests().size() == 1; }));
  world.stop();
  EXPECT_EQ(idle.rest(), "");
  busy.send("\r\n\r\n");
  EXPECT_EQ(busy.answer("POST").body, "abcd");
  EXPECT_EQ(busy.rest(), "");
  EXPECT_EQ(world.wait(), 0);
}

TEST(GatewayRegistry, who_waits_for_a_first_byte_when_a_drain_is_over_is_told_why) {
  World world(1);
  world.config.drain = 200ms;
  world.put(route_of("web", {"shop.test"}));
  auto& peer = world.scripted_peer({{"", "never asked for"}});
  world.put(endpoint_of("web", "t1", peer.port()));
  world.start();
  Visitor waiting = world.visit();
  waiting.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  ASSERT_TRUE(world.until([&] { return peer.requests().size() == 1; }));
  world.stop();
  const http::Answer answer = waiting.answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.get("X-Slardar-Error"), "draining");
  EXPECT_EQ(answer.headers.get("Connection"), "close");
  EXPECT_EQ(waiting.rest(), "");
  EXPECT_FALSE(waiting.was_reset());
  EXPECT_EQ(world.wait(), 0);
}

TEST(GatewayRegistry, a_drain_ends_idle_visitors_with_an_end_and_not_with_a_reset) {
  World world(1);
  world.start();
  Visitor idle = world.visit();
  idle.send("GET / HTTP/1.1\r\nHost: none.test\r\n\r\n");
  EXPECT_EQ(idle.answer().status, 404);
  world.stop();
  EXPECT_EQ(idle.rest(), "");
  idle.send("GET /crossing HTTP/1.1\r\nHost: none.test\r\n\r\n");
  EXPECT_EQ(idle.rest(), "");
  EXPECT_FALSE(idle.was_reset());
  idle.close();
  EXPECT_EQ(world.wait(), 0);
}

TEST(GatewayRegistry, an_address_that_is_taken_ends_the_start) {
  World world;
  auto squatter = *io::Listener::listen(world.loop, *io::Address::parse("127.0.0.1:0"));
  world.config.http = {squatter->address()};
  world.start();
  EXPECT_EQ(world.wait(), 1);
}

}  // namespace
}  // namespace hancock::slardar
