// TLS that is not the gateway's own: to peers, and passed through by its name.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "io/testing/certificates.h"
#include "io/tls_stream.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// A server that speaks TLS and answers each read with the same.
class TlsPeer {
 public:
  TlsPeer(io::Loop& loop, const io::testing::PemPair& pem, std::string answer)
      : loop_(loop),
        certificate_(*io::Certificate::of_pem(pem.chain, pem.key)),
        server_(loop, io::TicketKeys({}, loop.now()), {"http/1.1"},
                [this](std::string_view) { return certificate_; }),
        listener_(*io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"))),
        answer_(std::move(answer)) {
    scope_.spawn(accept());
  }
  ~TlsPeer() { scope_.cancel(); }
  uint16_t port() const { return listener_->address().port(); }
  int handshakes() const { return handshakes_; }
  const std::string& last_name() const { return last_name_; }

 private:
  io::Async<void> accept() {
    while (true) {
      auto socket = co_await listener_->accept();
      if (!socket) co_return;
      scope_.spawn(serve(std::move(*socket)));
    }
  }
  io::Async<void> serve(std::unique_ptr<io::SocketStream> socket) {
    io::TlsStream stream(server_, std::move(socket));
    auto done = co_await stream.handshake(loop_.now() + 5s);
    if (!done) co_return;
    ++handshakes_;
    last_name_ = stream.server_name();
    std::vector<char> room(4096);
    while (true) {
      auto count = co_await stream.recv(room);
      if (!count || *count == 0) break;
      auto sent = co_await stream.send(answer_);
      if (!sent) break;
    }
    stream.shutdown_write();
  }

  io::Loop& loop_;
  io::CertificatePtr certificate_;
  io::TlsServer server_;
  std::unique_ptr<io::Listener> listener_;
  const std::string answer_;
  int handshakes_ = 0;
  std::string last_name_;
  io::Scope scope_;
};

class GatewayTls : public ::testing::Test {
 protected:
  GatewayTls() { EXPECT_TRUE(write_file(ca_file_, ca_.pem())); }

  static std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  void put_upstream(const std::string& name, uint16_t port, nlohmann::json tls,
                    const std::string& protocol = "http1") {
    const nlohmann::json server{{"host", "127.0.0.1"}, {"port", port}};
    nlohmann::json body{{"servers", nlohmann::json::array({server})}, {"protocol", protocol}};
    if (!tls.is_null()) body["tls"] = std::move(tls);
    world_.put("/hancock/upstreams/" + name, body.dump());
  }
  std::string why(const std::string& name) {
    const auto status = nlohmann::json::parse(world_.admin("/status").body);
    const auto& said = status["cls:" + name][0][0]["msg"];
    return said.is_string() ? said.get<std::string>() : "";
  }

  // Passthrough.
  void put_shared(const std::string& service, std::vector<std::string> names, uint16_t peer) {
    auto route = tcp_route_of(service, port_);
    route.entrances[0].sni = std::move(names);
    world_.put(route);
    world_.put(endpoint_of(service, "t-" + service, peer));
  }
  /// What the server behind this name says; "" when there is none.
  std::string ask(const std::string& name, uint16_t port = 0) {
    auto tls = world_.loop.block_on(connecting(name, port != 0 ? port : port_));
    if (!tls) return "";
    Visitor visitor(world_.loop, std::move(tls));
    visitor.send("hello");
    return visitor.some(1);
  }
  io::Async<std::unique_ptr<io::TlsStream>> connecting(std::string name, uint16_t port) {
    std::unique_ptr<io::TlsStream> tls;
    auto socket =
        co_await io::connect(world_.loop, *io::Address::of("127.0.0.1", port), world_.loop.now() + 5s);
    if (!socket) co_return tls;
    tls = std::make_unique<io::TlsStream>(*client_, std::move(*socket), name);
    auto done = co_await tls->handshake(world_.loop.now() + 5s);
    if (!done) tls.reset();
    co_return tls;
  }

  World world_{1};
  io::testing::TestCa ca_;
  TempDir folder_{"gateway_tls"};
  const std::string ca_file_ = folder_ / "ca.pem";
  const uint16_t port_ = free_port(world_.loop);
  std::shared_ptr<const io::TlsClient> client_ = *io::TlsClient::make({.verify = false, .ca = {}});
};

TEST_F(GatewayTls, a_peer_is_asked_for_the_upstreams_name_and_kept) {
  TlsPeer peer(world_.loop, ca_.issue({"api.test"}), ok("secret"));
  put_upstream("api.test", peer.port(), {{"ca", ca_file_}});
  world_.start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world_.get("api.test", "/").body, "secret");
  EXPECT_EQ(peer.handshakes(), 1);
  EXPECT_EQ(peer.last_name(), "api.test");
}

TEST_F(GatewayTls, a_peer_who_is_somebody_else_is_not_connected) {
  TlsPeer peer(world_.loop, ca_.issue({"other.test"}), ok("secret"));
  put_upstream("api.test", peer.port(), {{"ca", ca_file_}});
  put_upstream("named.test", peer.port(), {{"ca", ca_file_}, {"server_name", "other.test"}});
  put_upstream("system.test", peer.port(), {{"server_name", "other.test"}});
  put_upstream("lenient.test", peer.port(), {{"verify", false}});
  put_upstream("broken.test", peer.port(), {{"ca", folder_ / "none.pem"}});
  world_.start();
  const http::Answer refused = world_.get("api.test", "/");
  EXPECT_EQ(refused.status, 502);
  EXPECT_EQ(refused.headers.get("X-Slardar-Error"), "connect_failed");
  EXPECT_NE(why("api.test").find("ostname mismatch"), std::string::npos) << why("api.test");
  EXPECT_EQ(world_.get("named.test", "/").body, "secret");
  EXPECT_EQ(world_.get("system.test", "/").status, 502);
  EXPECT_NE(why("system.test").find("certificate: "), std::string::npos) << why("system.test");
  EXPECT_EQ(world_.get("lenient.test", "/").body, "secret");
  EXPECT_EQ(world_.get("broken.test", "/").status, 502);
  EXPECT_NE(why("broken.test").find("none.pem"), std::string::npos) << why("broken.test");
}

TEST_F(GatewayTls, connections_with_and_without_tls_to_one_address_are_kept_apart) {
  TlsPeer peer(world_.loop, ca_.issue({"api.test"}), ok("secret"));
  put_upstream("api.test", peer.port(), {{"ca", ca_file_}});
  put_upstream("plain.test", peer.port(), {});
  world_.start();
  EXPECT_EQ(world_.get("api.test", "/").body, "secret");
  EXPECT_EQ(world_.get("plain.test", "/").status, 502);
  EXPECT_EQ(world_.get("api.test", "/").body, "secret");
}

TEST_F(GatewayTls, a_peer_without_tls_is_not_waited_for) {
  auto& peer = world_.scripted_peer({{"nonsense\r\n\r\n"}});
  put_upstream("api.test", peer.port(), {{"ca", ca_file_}});
  world_.start();
  const http::Answer answer = world_.get("api.test", "/");
  EXPECT_GE(answer.status, 502);
}

TEST_F(GatewayTls, a_peer_who_speaks_no_http2_by_tls_is_not_asked_in_it) {
  TlsPeer peer(world_.loop, ca_.issue({"api.test"}), ok("secret"));
  put_upstream("api.test", peer.port(), {{"ca", ca_file_}}, "http2");
  world_.start();
  const http::Answer refused = world_.get("api.test", "/");
  EXPECT_EQ(refused.status, 502);
  EXPECT_EQ(refused.headers.get("X-Slardar-Error"), "connect_failed");
  EXPECT_EQ(peer.handshakes(), 0);
}

TEST_F(GatewayTls, tcp_reaches_a_peer_by_tls) {
  TlsPeer peer(world_.loop, ca_.issue({"db"}), "answer");
  put_upstream("db", peer.port(), {{"ca", ca_file_}});
  world_.config.tcp.push_back({*io::Address::parse("127.0.0.1:0"), "db"});
  world_.start();
  ASSERT_TRUE(world_.until([&] { return world_.gateway->address_of("tcp").has_value(); }));
  Visitor visitor(world_.loop, *world_.gateway->address_of("tcp"));
  visitor.send("question");
  visitor.end();
  EXPECT_EQ(visitor.rest(), "answer");
}

TEST_F(GatewayTls, names_share_a_port_and_nobody_looks_inside) {
  TlsPeer one(world_.loop, ca_.issue({"one.test"}), "one");
  TlsPeer wild(world_.loop, ca_.issue({"*.wild.test"}), "wild");
  put_shared("one", {"one.test", "1.test"}, one.port());
  put_shared("wild", {"*.wild.test"}, wild.port());
  world_.start();
  EXPECT_TRUE(world_.until([&] { return ask("one.test") == "one"; }));
  EXPECT_EQ(ask("1.test"), "one");
  EXPECT_EQ(ask("a.wild.test"), "wild");
  EXPECT_EQ(wild.last_name(), "a.wild.test");
  EXPECT_EQ(ask("two.test"), "");
}

TEST_F(GatewayTls, what_is_no_tls_is_cut_at_a_shared_port) {
  TlsPeer one(world_.loop, ca_.issue({"one.test"}), "one");
  put_shared("one", {"one.test"}, one.port());
  world_.start();
  EXPECT_TRUE(world_.until([&] { return ask("one.test") == "one"; }));
  Visitor visitor(world_.loop, *io::Address::of("127.0.0.1", port_));
  visitor.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(visitor.rest(), "");
}

/// Stands before a port and passes on what comes byte by byte.
class Trickle {
 public:
  Trickle(io::Loop& loop, uint16_t to)
      : loop_(loop), to_(to), listener_(*io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"))) {
    scope_.spawn(run());
  }
  ~Trickle() { scope_.cancel(); }
  uint16_t port() const { return listener_->address().port(); }

 private:
  io::Async<void> run() {
    auto near = co_await listener_->accept();
    auto far = co_await io::connect(loop_, *io::Address::of("127.0.0.1", to_), loop_.now() + 5s);
    if (!near || !far) co_return;
    near_ = std::move(*near);
    far_ = std::move(*far);
    scope_.spawn(copy(*far_, *near_, 4096));
    co_await copy(*near_, *far_, 1);
  }
  io::Async<void> copy(io::Stream& from, io::Stream& to, size_t step) {
    std::vector<char> room(step);
    while (true) {
      auto count = co_await from.recv(room);
      if (!count || *count == 0) co_return;
      const std::string_view bytes(room.data(), *count);
      auto sent = co_await to.send(bytes);
      if (!sent) co_return;
      if (step == 1) co_await loop_.sleep_for(100us);
    }
  }
  io::Loop& loop_;
  const uint16_t to_;
  std::unique_ptr<io::Listener> listener_;
  std::unique_ptr<io::Stream> near_;
  std::unique_ptr<io::Stream> far_;
  io::Scope scope_;
};

TEST_F(GatewayTls, a_hello_that_comes_in_pieces_is_waited_for) {
  TlsPeer one(world_.loop, ca_.issue({"one.test"}), "one");
  put_shared("one", {"one.test"}, one.port());
  world_.start();
  EXPECT_TRUE(world_.until([&] { return ask("one.test") == "one"; }));
  Trickle slow(world_.loop, port_);
  EXPECT_EQ(ask("one.test", slow.port()), "one");
}

TEST_F(GatewayTls, who_has_a_port_as_a_whole_keeps_it) {
  auto& whole = world_.scripted_peer({{"whole"}, {"whole"}});
  world_.put(tcp_route_of("whole", port_));
  world_.put(endpoint_of("whole", "t-whole", whole.port()));
  put_shared("shared", {"one.test"}, free_port(world_.loop));
  world_.start();
  Visitor visitor(world_.loop, *io::Address::of("127.0.0.1", port_));
  visitor.send("question\r\n\r\n");
  EXPECT_EQ(visitor.rest(), "whole");
  const auto status = nlohmann::json::parse(world_.admin("/status").body);
  EXPECT_EQ(status["refused"]["/hancock/routes/default/shop/shared"],
            "tcp port " + std::to_string(port_) + " belongs to /hancock/routes/default/shop/whole");
}

}  // namespace
}  // namespace hancock::slardar
