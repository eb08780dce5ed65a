// Other people's HTTP/2 clients at a gateway in this process: curl, nghttp, h2load, python3-h2.
#include <gtest/gtest.h>

#include "base/testing/source_folder.h"
#include "slardar/testing/commands.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayHttp2Clients : public ::testing::Test {
 protected:
  void SetUp() override {
    HttpPeer& peer = world_.peer([](const http::RequestHead& head, const std::string& body) {
      if (head.target == "/32k") return http::Response(200, std::string(32 << 10, 'k'));
      if (head.target == "/large") return http::Response(200, std::string(2 << 20, 'L'));
      return http::Response(200, body.empty() ? head.target : std::to_string(body.size()));
    });
    world_.put(endpoint_of("web", "t1", peer.port()));
    world_.put(route_of("web", {"shop.test"}));
    world_.start();
  }

  std::string said_by(const std::string& command) { return testing::said_by(world_, command); }

  World world_{1};
};

TEST_F(GatewayHttp2Clients, curl) {
  EXPECT_EQ(
      said_by(
          "curl -s --http2-prior-knowledge -H 'Host: shop.test' -w ' %{http_version} %{http_code}' $URL/a"),
      "/a 2 200");
  EXPECT_EQ(said_by("curl -s --http2-prior-knowledge -H 'Host: shop.test' $URL/large | wc -c"), "2097152\n");
  EXPECT_EQ(
      said_by(
          "head -c 3000000 /dev/zero | curl -s --http2-prior-knowledge -H 'Host: shop.test' --data-binary "
          "@- $URL/"),
      "3000000");
  EXPECT_EQ(
      said_by("head -c 3000000 /dev/zero | curl -s --http2-prior-knowledge -H 'Host: shop.test' -T - $URL/"),
      "3000000");
}

TEST_F(GatewayHttp2Clients, nghttp_with_trailers_and_padding) {
  EXPECT_EQ(
      said_by(
          "F=$(mktemp); echo body > $F; nghttp -b 16 -H ':authority: shop.test' --trailer 'x-sum: 5' -d $F "
          "$URL/; rm $F"),
      "5");
}

TEST_F(GatewayHttp2Clients, h2load) {
  const std::string said =
      said_by("h2load -c4 -m32 -n2000 -H ':authority: shop.test' $URL/a $URL/b | grep '^requests'");
  EXPECT_NE(said.find(" 2000 succeeded, 0 failed"), std::string::npos) << said;
}

TEST_F(GatewayHttp2Clients, h2load_with_answers_of_more_than_a_frame_on_one_connection) {
  const std::string said =
      said_by("h2load -c1 -m16 -n1000 -H ':authority: shop.test' $URL/32k | grep '^requests'");
  EXPECT_NE(said.find(" 1000 succeeded, 0 failed"), std::string::npos) << said;
}

struct Attack {
  const char* kind;
  const char* told;  // the code of GOAWAY: 11 is ENHANCE_YOUR_CALM
};

class GatewayHttp2AttackedByPython : public GatewayHttp2Clients,
                                     public ::testing::WithParamInterface<Attack> {};

TEST_P(GatewayHttp2AttackedByPython, harms_nobody_else) {
  const std::string said =
      said_by("/usr/bin/python3 " + source_folder().string() + "/src/slardar/testing/http2_attacks.py " +
              GetParam().kind + " ${URL#http://}");
  EXPECT_EQ(said, std::string(GetParam().told) + "\n/a\n");
}

INSTANTIATE_TEST_SUITE_P(Each, GatewayHttp2AttackedByPython,
                         ::testing::Values(Attack{"rapid_reset", "11"}, Attack{"settings", "11"},
                                           Attack{"continuation", "11"}, Attack{"hpack_bomb", "11"},
                                           Attack{"zero_window", "none"}),
                         [](const auto& each) { return std::string(each.param.kind); });

}  // namespace
}  // namespace hancock::slardar
