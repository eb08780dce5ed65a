// The slardar program on a real etcd: what an operator, a leader, a visitor and a failure see of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/command.h"
#include "base/random.h"
#include "real_gateway.h"

namespace hancock::slardar {
namespace {

using namespace testing;

CommandOutput run(std::vector<std::string> argv) {
  CommandOptions options;
  options.argv = std::move(argv);
  options.env = {"ETCDCTL_API=3"};
  auto output = run_command(options);
  EXPECT_TRUE(output) << (output ? "" : output.error().message);
  return output ? *output : CommandOutput();
}

TEST(Gateway, an_upstream_that_an_operator_puts_with_etcdctl_answers_visitors) {
  RealGateway gateway;
  gateway.start();
  HttpPeer& peer = gateway.named_peer("hello");
  const std::string servers =
      R"({"servers":[{"host":"127.0.0.1","port":)" + std::to_string(peer.port()) + "}]}";
  run({"etcdctl", "--endpoints", gateway.etcd->clients().front().to_string(), "put",
       "/hancock/upstreams/hello.test", servers});
  EXPECT_TRUE(gateway.answers("hello.test", 200, "hello"));
}

TEST(Gateway, routes_and_endpoints_come_and_go) {
  RealGateway gateway;
  gateway.start();
  const auto endpoint = endpoint_of("web", "t1", gateway.named_peer("web").port());
  gateway.put(route_of("web", {"shop.test"}));
  gateway.put(endpoint);
  EXPECT_TRUE(gateway.answers("shop.test", 200, "web", 2s));
  gateway.remove(key_of(endpoint));
  EXPECT_TRUE(gateway.answers("shop.test", 503, "", 2s));
  EXPECT_EQ(gateway.get("shop.test", "/").headers.get("X-Slardar-Error"), "no_peer");
}

TEST(Gateway, tcp_by_port) {
  RealGateway gateway;
  gateway.start();
  const uint16_t port = free_port(gateway.loop);
  gateway.put(endpoint_of("db", "t1", gateway.scripted_peer({{"answer"}, {"answer"}, {"answer"}}).port()));
  gateway.put(tcp_route_of("db", port));
  const io::Address address = *io::Address::of("127.0.0.1", port);
  ASSERT_TRUE(gateway.until([&] {
    return static_cast<bool>(
        gateway.loop.block_on(io::connect(gateway.loop, address, gateway.loop.now() + 1s)));
  }));
  Visitor visitor(gateway.loop, address);
  visitor.send("question\r\n\r\n");
  visitor.end();
  EXPECT_EQ(visitor.rest(), "answer");
}

TEST(Gateway, a_bad_record_is_refused_alone_and_named) {
  RealGateway gateway;
  gateway.start();
  const auto route = route_of("web", {"shop.test"});
  gateway.put(route);
  gateway.put(endpoint_of("web", "t1", gateway.named_peer("web").port()));
  ASSERT_TRUE(gateway.answers("shop.test", 200, "web"));
  gateway.put(key_of(route), R"({"tenant":"default","app":"shop","service":"web","generation":2,"split":{},)"
                             R"("routes":[{"hosts":["shop.test"],"port":"http","balance":"magic"}]})");
  EXPECT_TRUE(gateway.until([&] {
    const auto record = gateway.record();
    return record && record->refused.contains(key_of(route)) &&
           record->refused.at(key_of(route)) == "routes[0].balance: magic: no such balancer";
  }));
  EXPECT_EQ(gateway.get("shop.test", "/").body, "web");
}

TEST(Gateway, without_etcd_it_serves_on_and_says_so_and_is_in_touch_again_by_itself) {
  RealGateway gateway;
  gateway.put(route_of("web", {"shop.test"}));
  gateway.put(endpoint_of("web", "t1", gateway.named_peer("web").port()));
  gateway.start();
  ASSERT_TRUE(gateway.answers("shop.test", 200, "web"));
  ASSERT_TRUE(gateway.until([&] { return gateway.admin("/readyz").status == 200; }));
  gateway.etcd->member(0).kill();
  EXPECT_TRUE(gateway.until([&] { return gateway.admin("/readyz").status == 503; }, 20s));
  EXPECT_EQ(gateway.get("shop.test", "/").body, "web");
  ASSERT_TRUE(gateway.etcd->member(0).restart());
  EXPECT_TRUE(gateway.until([&] { return gateway.admin("/readyz").status == 200; }, 30s));
  gateway.put(route_of("other", {"other.test"}));
  EXPECT_TRUE(gateway.answers("other.test", 503));
}

TEST(Gateway, it_starts_from_its_snapshot_while_etcd_is_away) {
  RealGateway gateway;
  gateway.put(route_of("web", {"shop.test"}));
  gateway.put(endpoint_of("web", "t1", gateway.named_peer("web").port()));
  gateway.start();
  ASSERT_TRUE(gateway.answers("shop.test", 200, "web"));
  ASSERT_TRUE(gateway.until([&] { return std::filesystem::exists(gateway.folder / "state.snapshot"); }));
  gateway.kill();
  gateway.etcd->member(0).kill();
  gateway.start();
  EXPECT_TRUE(gateway.answers("shop.test", 200, "web"));
  EXPECT_EQ(gateway.admin("/readyz").status, 503);
  ASSERT_TRUE(gateway.etcd->member(0).restart());
  EXPECT_TRUE(gateway.until([&] { return gateway.admin("/readyz").status == 200; }, 30s));
}

TEST(Gateway, connections_are_kept_and_pipelined_requests_answered_in_order) {
  RealGateway gateway;
  HttpPeer& peer = gateway.peer(
      [](const http::RequestHead& head, const std::string&) { return http::Response(200, head.target); });
  gateway.put(route_of("web", {"shop.test"}));
  gateway.put(endpoint_of("web", "t1", peer.port()));
  gateway.start();
  Visitor visitor = gateway.visit();
  std::string all;
  for (int i = 0; i < 50; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  visitor.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(visitor.answer().body, "/" + std::to_string(i));
  EXPECT_EQ(peer.connections(), 1U);
}

TEST(Gateway, ten_megabytes_pass_both_ways) {
  RealGateway gateway;
  gateway.put(route_of("web", {"shop.test"}));
  gateway.put(endpoint_of(
      "web", "t1",
      gateway
          .peer([](const http::RequestHead&, const std::string& body) { return http::Response(200, body); })
          .port()));
  gateway.start();
  std::string body(10 << 20, '\0');
  SeededRandom random(1);
  for (size_t at = 0; at < body.size(); at += 8) {
    const uint64_t bits = random.next();
    std::memcpy(body.data() + at, &bits, 8);
  }
  Visitor visitor = gateway.visit();
  visitor.send("PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n");
  visitor.send(body);
  EXPECT_TRUE(visitor.answer("PUT").body == body);
}

TEST(Gateway, smuggling_is_refused) {
  RealGateway gateway;
  HttpPeer& peer = gateway.named_peer("web");
  gateway.put(route_of("web", {"shop.test"}));
  gateway.put(endpoint_of("web", "t1", peer.port()));
  gateway.start();
  for (const std::string lines :
       {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 4\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    Visitor visitor = gateway.visit();
    visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\n" + lines +
                 "\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    EXPECT_EQ(visitor.answer().status, 400) << lines;
    EXPECT_EQ(visitor.rest(), "");
  }
  EXPECT_EQ(peer.requests(), 0);
}

TEST(Gateway, a_barrier_is_acknowledged_with_what_is_in_flight) {
  RealGateway gateway;
  gateway.put(route_of("web", {"shop.test"}));
  ScriptedPeer& old_peer = gateway.scripted_peer({{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", "cd"}});
  auto old_endpoint = endpoint_of("web", "old", old_peer.port());
  gateway.put(old_endpoint);
  gateway.start();
  Visitor visitor = gateway.visit();
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\n");
  ASSERT_TRUE(gateway.until([&] { return old_peer.requests().size() == 1; }));

  gateway.put(endpoint_of("web", "new", gateway.named_peer("new").port()));
  old_endpoint.state = registry::EndpointState::kDraining;
  gateway.put(old_endpoint);
  const auto revision = gateway.put(registry::Keys().barrier("b1"), encode(barrier_of("b1", {"old"}, 2)));
  ASSERT_TRUE(gateway.until([&] {
    const auto record = gateway.record();
    return record && record->applied >= registry::Position{2, revision};
  }));
  EXPECT_EQ(gateway.record()->in_flight.at("old"), 1U);
  EXPECT_EQ(gateway.get("shop.test", "/").body, "new");
  visitor.send("\r\n\r\n");
  EXPECT_EQ(visitor.answer("POST").body, "abcd");
  EXPECT_TRUE(gateway.until([&] { return gateway.record()->in_flight.at("old") == 0; }));
}

TEST(Gateway, sigterm_takes_its_record_away_and_ends_well) {
  RealGateway gateway;
  gateway.start({"--id", "gateway-1", "--site", "site-1"});
  ASSERT_TRUE(gateway.until([&] { return gateway.record().has_value(); }));
  EXPECT_EQ(gateway.record()->id, "gateway-1");
  EXPECT_EQ(gateway.record()->site, "site-1");
  EXPECT_EQ(gateway.stop(), 0);
  EXPECT_FALSE(gateway.record());
}

TEST(Gateway, wrong_flags_end_with_two_and_a_reason) {
  const CommandOutput output = run({SLARDAR_PROGRAM, "--etcd", "127.0.0.1:2379", "--workers", "none"});
  EXPECT_EQ(output.status.code, 2);
  EXPECT_EQ(output.err, "slardar: --workers: none: must be 1..256\n");
}

TEST(Gateway, without_etcd_it_serves_the_upstreams_of_its_file) {
  RealGateway gateway(0);
  const std::filesystem::path file = gateway.folder / "slardar.yaml";
  std::ofstream(file) << "upstreams:\n  hello.test:\n    servers:\n      - {host: 127.0.0.1, port: "
                      << gateway.named_peer("hello").port() << "}\n";
  gateway.start({"--config", file});
  EXPECT_TRUE(gateway.answers("hello.test", 200, "hello"));
  EXPECT_TRUE(gateway.until([&] { return gateway.admin("/readyz").status == 200; }));
  EXPECT_EQ(gateway.get("other.test", "/").status, 404);
  EXPECT_EQ(gateway.stop(), 0);

  std::ofstream(file) << "worker: 2\n";
  const CommandOutput output = run({SLARDAR_PROGRAM, "--config", file, "--check"});
  EXPECT_EQ(output.status.code, 2);
  EXPECT_EQ(output.err, "slardar: " + file.string() + ":1: worker: unknown key, did you mean workers?\n");
}

}  // namespace
}  // namespace hancock::slardar
