// The access log and passive health, through a whole gateway in this process.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayLog : public ::testing::Test {
 protected:
  GatewayLog() {
    std::filesystem::create_directories(folder_);
    world_.config.access_log = folder_ / "access.log";
    world_.put(route_of("web", {"shop.test"}));
  }
  ~GatewayLog() override { std::filesystem::remove_all(folder_); }

  /// Waits for so many lines.
  std::vector<nlohmann::json> lines(size_t count) {
    std::vector<nlohmann::json> read;
    EXPECT_TRUE(world_.until([&] {
      read.clear();
      const std::string text = read_file(folder_ / "access.log").value_or("");
      for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
        read.push_back(nlohmann::json::parse(text.substr(at, text.find('\n', at) - at)));
      return read.size() >= count;
    }));
    return read;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("gateway_log_test." + std::to_string(::getpid()));
  World world_{2};
};

TEST_F(GatewayLog, each_request_is_a_line) {
  HttpPeer& peer = world_.named_peer("web");
  world_.put(endpoint_of("web", "t1", peer.port()));
  world_.start();
  Visitor visitor = world_.visit();
  visitor.send(
      "POST /a?b HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: te\"st\r\nReferer: r\r\nX-Request-Id: mine\r\n"
      "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(visitor.answer("POST").status, 200);
  visitor.send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
  EXPECT_EQ(visitor.answer().status, 404);
  visitor.send("nonsense\r\n\r\n");
  EXPECT_EQ(visitor.answer().status, 400);

  const auto all = lines(3);
  ASSERT_EQ(all.size(), 3U);
  const nlohmann::json& first = all[0];
  EXPECT_EQ(first["id"], "mine");
  EXPECT_EQ(first["ip"], "127.0.0.1");
  EXPECT_EQ(first["method"], "POST");
  EXPECT_EQ(first["host"], "shop.test");
  EXPECT_EQ(first["path"], "/a?b");
  EXPECT_EQ(first["protocol"], "HTTP/1.1");
  EXPECT_EQ(first["status"], 200);
  EXPECT_EQ(first["bytes_in"], 3);
  EXPECT_GT(first["bytes_out"], 3);
  EXPECT_EQ(first["tenant"], "default");
  EXPECT_EQ(first["service"], "web");
  EXPECT_EQ(first["version"], "1");
  EXPECT_EQ(first["peer"], "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_EQ(first["tries"], 1);
  EXPECT_EQ(first["error"], "");
  EXPECT_EQ(first["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(first["user_agent"], "te\"st");
  EXPECT_EQ(first["referer"], "r");
  EXPECT_EQ(all[1]["error"], "no_route");
  EXPECT_EQ(all[1]["peer"], "");
  EXPECT_EQ(all[2]["error"], "bad_request");
  EXPECT_EQ(all[2]["status"], 400);
  EXPECT_EQ(all[2]["method"], "");
}

TEST_F(GatewayLog, a_peer_that_could_not_be_reached_stands_in_its_line) {
  const uint16_t nobody = free_port(world_.loop);
  world_.put(endpoint_of("web", "t1", nobody));
  world_.start();
  ASSERT_TRUE(world_.answers("shop.test", 502));
  const auto all = lines(1);
  EXPECT_EQ(all.back()["error"], "connect_failed");
  EXPECT_EQ(all.back()["peer"], "127.0.0.1:" + std::to_string(nobody));
}

TEST_F(GatewayLog, each_tcp_stream_is_a_line_at_its_end) {
  ScriptedPeer& peer = world_.scripted_peer({{"four"}});
  const uint16_t port = free_port(world_.loop);
  world_.put(tcp_route_of("db", port));
  world_.put(endpoint_of("db", "t1", peer.port()));
  world_.start();
  const io::Address address = *io::Address::of("127.0.0.1", port);
  ASSERT_TRUE(world_.until([&] { return !io::Listener::listen(world_.loop, address); }));
  Visitor visitor(world_.loop, address);
  visitor.send("query\r\n\r\n");
  EXPECT_EQ(visitor.some(4), "four");
  visitor.end();
  EXPECT_EQ(visitor.rest(), "");
  const auto served = lines(1).back();
  EXPECT_EQ(served["protocol"], "TCP");
  EXPECT_EQ(served["ip"], "127.0.0.1");
  EXPECT_EQ(served["host"], ":" + std::to_string(port));
  EXPECT_EQ(served["service"], "db");
  EXPECT_EQ(served["version"], "1");
  EXPECT_EQ(served["peer"], "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_EQ(served["bytes_in"], 9);
  EXPECT_EQ(served["bytes_out"], 4);
  EXPECT_EQ(served["tries"], 1);
  EXPECT_EQ(served["error"], "");

  world_.remove(key_of(endpoint_of("db", "t1", peer.port())));
  ASSERT_TRUE(world_.until([&] {
    Visitor(world_.loop, address).rest();
    return lines(2).back()["error"] == "no_peer";
  }));
  EXPECT_EQ(lines(2).back()["service"], "db");
  EXPECT_EQ(lines(2).back()["peer"], "");
}

TEST_F(GatewayLog, a_log_that_cannot_be_opened_ends_the_start) {
  world_.config.access_log = folder_ / "no" / "access.log";
  world_.start();
  EXPECT_EQ(world_.wait(), 1);
}

}  // namespace
}  // namespace hancock::slardar
