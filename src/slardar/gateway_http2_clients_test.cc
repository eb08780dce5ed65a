// Other people's HTTP/2 clients at a gateway in this process: curl, nghttp, h2load, python3-h2.
#include <gtest/gtest.h>

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

TEST_F(GatewayHttp2Clients, a_rapid_reset_by_python3_h2_ends_itself_alone) {
  const std::string said = said_by(R"(/usr/bin/python3 - <<'END'
import os, socket
import h2.connection, h2.events
host, port = os.environ['URL'][7:].split(':')
def connect():
    s = socket.create_connection((host, int(port)), timeout=20)
    c = h2.connection.H2Connection()
    c.initiate_connection()
    s.sendall(c.data_to_send())
    return s, c
def get(c):
    i = c.get_next_available_stream_id()
    c.send_headers(i, [(':method', 'GET'), (':scheme', 'http'), (':authority', 'shop.test'), (':path', '/a')], end_stream=True)
    return i
def events(s, c):
    while True:
        data = s.recv(65536)
        if not data: return
        for e in c.receive_data(data): yield e
        s.sendall(c.data_to_send())
other, o = connect()
attacker, a = connect()
try:
    for i in range(2000):
        a.reset_stream(get(a))
        attacker.sendall(a.data_to_send())
except OSError: pass
for e in events(attacker, a):
    if isinstance(e, h2.events.ConnectionTerminated):
        print(e.error_code); break
get(o)
other.sendall(o.data_to_send())
for e in events(other, o):
    if isinstance(e, h2.events.DataReceived):
        print(e.data.decode()); break
END
)");
  EXPECT_EQ(said, "11\n/a\n");
}

}  // namespace
}  // namespace hancock::slardar
