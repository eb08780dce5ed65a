// Other people's HTTP/2 servers behind a gateway in this process: nghttpd, nginx, gRPC's.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "base/testing/temp_dir.h"
#include "io/testing/certificates.h"
#include "slardar/testing/commands.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayHttp2Servers : public ::testing::Test {
 protected:
  void SetUp() override {
    port_ = free_port(world_.loop);
    world_.put("/hancock/upstreams/shop.test", R"({"servers":[{"host":"127.0.0.1","port":)" +
                                                   std::to_string(port_) + R"(}],"protocol":"grpc"})");
    world_.start();
  }
  /// $URL is the gateway's, $PORT where the server is to be, $DIR an empty folder.
  std::string said_by(const std::string& command) {
    return testing::said_by(world_, "PORT=" + std::to_string(port_) + "; export PORT; DIR=$(mktemp -d); " +
                                        command + "; rm -r $DIR");
  }
  /// Starts `server` (which is to say $! of itself), asks, and ends it.
  std::string with_server(const std::string& server, const std::string& asking) {
    const std::string ready =
        "for i in $(seq 500); do curl -s --http2-prior-knowledge -o $DIR/ready http://127.0.0.1:$PORT/ && "
        "break; "
        "sleep 0.02; done; ";
    return said_by(server + " P=$!; " + ready + asking + "; kill $P; wait $P");
  }

  World world_{1};
  uint16_t port_ = 0;
};

TEST_F(GatewayHttp2Servers, nghttpd) {
  const std::string server =
      "head -c 3000000 /dev/zero > $DIR/large; echo hello > $DIR/index.html; "
      "nghttpd --no-tls -d $DIR --echo-upload $PORT >/dev/null 2>&1 &";
  const std::string said = with_server(
      server,
      "curl -s -H 'Host: shop.test' $URL/index.html; curl -s -H 'Host: shop.test' $URL/large | wc -c; "
      "curl -s --http2-prior-knowledge -H 'Host: shop.test' $URL/large | wc -c; "
      "head -c 2000000 /dev/zero | curl -s -H 'Host: shop.test' --data-binary @- $URL/ | wc -c; "
      "h2load -c4 -m32 -n2000 -H ':authority: shop.test' $URL/index.html | grep ^requests");
  EXPECT_NE(said.find("hello\n3000000\n3000000\n2000000\n"), std::string::npos) << said;
  EXPECT_NE(said.find(" 2000 succeeded, 0 failed"), std::string::npos) << said;
}

TEST_F(GatewayHttp2Servers, nghttpd_by_tls) {
  io::testing::TestCa ca;
  const TempDir folder("http2_servers");
  const auto pem = ca.issue({"secure.test"});
  const std::string chain = folder / "chain.pem";
  const std::string key = folder / "key.pem";
  const std::string ca_file = folder / "ca.pem";
  ASSERT_TRUE(write_file(chain, pem.chain) && write_file(key, pem.key) && write_file(ca_file, ca.pem()));
  world_.put("/hancock/upstreams/secure.test",
             R"({"servers":[{"host":"127.0.0.1","port":)" + std::to_string(port_) +
                 R"(}],"protocol":"grpc","tls":{"ca":")" + ca_file + R"("}})");
  // It answers in HTTP/2 alone: what comes through shows how it was asked.
  const std::string said = said_by(
      "head -c 3000000 /dev/zero > $DIR/large; echo hello > $DIR/index.html; "
      "nghttpd -d $DIR --echo-upload $PORT " +
      key + " " + chain +
      " >/dev/null 2>&1 & P=$!; "
      "for i in $(seq 500); do curl -sk --http2 -o $DIR/ready https://127.0.0.1:$PORT/ && break; sleep 0.02; "
      "done; "
      "curl -s -H 'Host: secure.test' $URL/index.html; curl -s -H 'Host: secure.test' $URL/large | wc -c; "
      "curl -s --http2-prior-knowledge -H 'Host: secure.test' $URL/large | wc -c; "
      "head -c 2000000 /dev/zero | curl -s -H 'Host: secure.test' --data-binary @- $URL/ | wc -c; "
      "kill $P; wait $P");
  EXPECT_NE(said.find("hello\n3000000\n3000000\n2000000\n"), std::string::npos) << said;
}

TEST_F(GatewayHttp2Servers, nginx_that_ends_its_connections_loses_no_request) {
  const std::string server =
      "echo hello > $DIR/index.html; chmod 755 $DIR; "
      "printf 'daemon off; master_process off; pid %s/pid; error_log stderr; events {} http { access_log "
      "off; "
      "keepalive_requests 50; server { listen 127.0.0.1:%s http2; root %s; } }' $DIR $PORT $DIR > $DIR/conf; "
      "/usr/sbin/nginx -e $DIR/log -c $DIR/conf -p $DIR &";
  const std::string said = with_server(server,
                                       "h2load -c4 -m16 -n3000 -H ':authority: shop.test' $URL/index.html | "
                                       "grep -e ^requests -e '^status codes'");
  EXPECT_NE(said.find(" 3000 succeeded, 0 failed"), std::string::npos) << said;
  EXPECT_NE(said.find("status codes: 3000 2xx"), std::string::npos) << said;
}

TEST_F(GatewayHttp2Servers, gRPC) {
  const std::string said = said_by("/usr/bin/python3 " + source_folder().string() +
                                   "/src/slardar/testing/grpc_calls.py $PORT ${URL#http://}");
  EXPECT_TRUE(said.ends_with("nobody there\nall\n")) << said;
}

}  // namespace
}  // namespace hancock::slardar
