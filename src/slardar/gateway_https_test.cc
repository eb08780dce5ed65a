// HTTPS through a whole gateway in this process, also with the clients that people use.
#include <gtest/gtest.h>

#include <cstdio>
#include <future>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "io/testing/certificates.h"
#include "io/tls_stream.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using io::testing::PemPair;

class GatewayHttps : public ::testing::Test {
 protected:
  explicit GatewayHttps(size_t workers = 1) : world_(workers) {
    EXPECT_TRUE(write_file(ca_file_, ca_.pem()));
    write_pair(ca_.issue({"shop.test", "*.shop.test"}));
    world_.config.https.push_back(*io::Address::parse("127.0.0.1:0"));
    world_.config.certificates.push_back(pair_);
    client_ = *io::TlsClient::make({.verify = true, .ca = ca_file_});
  }
  void write_pair(const PemPair& pem) {
    ASSERT_TRUE(write_file(pair_.chain, pem.chain));
    ASSERT_TRUE(write_file(pair_.key, pem.key));
  }
  void put_record(const std::string& name, const PemPair& pem) {
    world_.put("/hancock/tls/" + name, nlohmann::json{{"chain", pem.chain}, {"key", pem.key}}.dump());
  }
  HttpPeer& start() {
    HttpPeer& peer = world_.named_peer("web");
    world_.put(route_of("web", {"shop.test", "other.test", "a.shop.test"}));
    world_.put(endpoint_of("web", "t1", peer.port()));
    world_.start();
    EXPECT_TRUE(world_.until([this] { return world_.gateway->address_of("https").has_value(); }));
    EXPECT_TRUE(world_.answers("shop.test", 200));
    return peer;
  }
  io::Address https() { return *world_.gateway->address_of("https"); }

  /// A connection on which this name has shown its certificate; nullptr and why_ when it has not.
  std::unique_ptr<io::TlsStream> connect(const std::string& name) {
    return world_.loop.block_on(connecting(name));
  }
  io::Async<std::unique_ptr<io::TlsStream>> connecting(std::string name) {
    auto socket = co_await io::connect(world_.loop, https(), world_.loop.now() + 5s);
    auto tls = std::make_unique<io::TlsStream>(*client_, std::move(*socket), name);
    auto done = co_await tls->handshake(world_.loop.now() + 5s);
    why_ = done ? "" : done.error().message;
    if (!done) tls.reset();
    co_return tls;
  }
  bool shows(const std::string& name) { return connect(name) != nullptr; }
  Visitor visit(const std::string& name = "shop.test") { return Visitor(world_.loop, connect(name)); }
  static std::string get(const std::string& host, const std::string& path = "/") {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }
  /// What a command says, on both outputs.
  std::string run(const std::string& command) {
    auto output = std::async(std::launch::async, [&] {
      std::string text;
      FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
      for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
      ::pclose(pipe);
      return text;
    });
    EXPECT_TRUE(world_.until([&] { return output.wait_for(0s) == std::future_status::ready; }, 20s))
        << command;
    return output.get();
  }
  std::string curl(const std::string& host, const std::string& options) {
    const std::string port = std::to_string(https().port());
    return run("curl -sS --cacert " + ca_file_ + " --resolve " + host + ":" + port + ":127.0.0.1 " + options +
               " https://" + host + ":" + port + "/");
  }
  std::string s_client(const std::string& options) {
    return run("openssl s_client -connect " + https().to_string() + " -CAfile " + ca_file_ + " " + options +
               " </dev/null");
  }
  nlohmann::json status() { return nlohmann::json::parse(world_.admin("/status").body); }

  World world_;
  io::testing::TestCa ca_;
  TempDir folder_{"gateway_https"};
  const std::string ca_file_ = folder_ / "ca.pem";
  const Config::CertificatePair pair_{folder_ / "chain.pem", folder_ / "key.pem"};
  std::shared_ptr<const io::TlsClient> client_;
  std::string why_;
};

TEST_F(GatewayHttps, a_request_comes_through_with_word_of_it) {
  HttpPeer& peer = start();
  Visitor visitor = visit();
  for (int i = 0; i < 3; ++i) {
    visitor.send(get("shop.test"));
    EXPECT_EQ(visitor.answer().body, "web");
    EXPECT_EQ(peer.last().headers.get("X-Forwarded-Proto"), "https");
  }
  EXPECT_EQ(world_.get("shop.test", "/").status, 200);
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-Proto"), "http");
}

TEST_F(GatewayHttps, curl_and_openssl_speak_1_2_and_1_3_and_nothing_older) {
  start();
  EXPECT_EQ(curl("shop.test", "--tlsv1.3"), "web");
  EXPECT_EQ(curl("shop.test", "--tls-max 1.2"), "web");
  EXPECT_EQ(curl("shop.test", "--http1.1"), "web");
  EXPECT_NE(curl("shop.test", "--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0").find("curl: ("),
            std::string::npos);
  const std::string hello = s_client("-servername shop.test -alpn http/1.1");
  EXPECT_NE(hello.find("Verification: OK"), std::string::npos) << hello;
  EXPECT_NE(hello.find("ALPN protocol: http/1.1"), std::string::npos) << hello;
  const std::string weak = s_client("-servername shop.test -tls1_2 -cipher AES128-SHA");
  EXPECT_NE(weak.find("handshake failure"), std::string::npos) << weak;
}

TEST_F(GatewayHttps, who_offers_http2_speaks_it) {
  HttpPeer& peer = start();
  EXPECT_EQ(curl("shop.test", "--http2 -w ' %{http_version}'"), "web 2");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-Proto"), "https");
  EXPECT_EQ(curl("shop.test", "--http1.1 -w ' %{http_version}'"), "web 1.1");
  EXPECT_NE(s_client("-servername shop.test -alpn http/1.1,h2").find("ALPN protocol: h2"), std::string::npos);
  const std::string said =
      run("h2load -n400 -c4 -m8 -H ':authority: shop.test' https://" + https().to_string() + "/");
  EXPECT_NE(said.find(" 400 succeeded, 0 failed"), std::string::npos) << said;
}

TEST_F(GatewayHttps, a_stream_for_a_host_that_the_certificate_does_not_cover_is_misdirected) {
  start();
  const std::string options = "--http2 -H 'Host: other.test' -o /dev/null -w '%{http_version} %{http_code}'";
  EXPECT_EQ(curl("shop.test", options), "2 421");
}

TEST_F(GatewayHttps, renegotiation_is_refused) {
  start();
  const std::string port = std::to_string(https().port());
  const std::string said =
      run("(sleep 0.3; echo R; sleep 0.5) | openssl s_client -tls1_2 -connect 127.0.0.1:" + port);
  EXPECT_NE(said.find("no renegotiation"), std::string::npos) << said;
  EXPECT_EQ(curl("shop.test", ""), "web");
}

TEST_F(GatewayHttps, the_certificate_is_chosen_by_name) {
  put_record("one", ca_.issue({"one.test"}));
  start();
  EXPECT_TRUE(shows("shop.test"));
  EXPECT_TRUE(shows("x.shop.test"));
  EXPECT_FALSE(shows("x.y.shop.test"));
  EXPECT_TRUE(shows("One.Test"));
  EXPECT_FALSE(shows("two.test")) << "the default is shown, and is not his";
  EXPECT_NE(s_client("-noservername").find("CN = shop.test"), std::string::npos);
}

TEST_F(GatewayHttps, a_route_names_the_certificate_of_its_hosts) {
  auto route = route_of("named", {"named.test"});
  route.entrances[0].tls = "mine";
  world_.put(route);
  put_record("mine", ca_.issue({"other-name.test"}));
  put_record("other", ca_.issue({"named.test"}));
  start();
  const std::string shown = s_client("-servername named.test");
  EXPECT_NE(shown.find("CN = other-name.test"), std::string::npos) << shown;
}

TEST_F(GatewayHttps, records_come_change_and_go_while_it_runs) {
  start();
  EXPECT_FALSE(shows("new.test"));
  put_record("new", ca_.issue({"new.test"}));
  EXPECT_TRUE(world_.until([this] { return shows("new.test"); }));
  put_record("new", ca_.issue({"newer.test"}));
  EXPECT_TRUE(world_.until([this] { return shows("newer.test"); }));
  EXPECT_FALSE(shows("new.test"));
  world_.remove("/hancock/tls/new");
  EXPECT_TRUE(world_.until([this] { return !shows("newer.test"); }));
}

TEST_F(GatewayHttps, a_broken_record_is_refused_alone_and_the_last_good_one_stays) {
  put_record("one", ca_.issue({"one.test"}));
  start();
  const PemPair good = ca_.issue({"one.test"});
  put_record("one", {good.chain, ca_.issue({"one.test"}).key});
  world_.put("/hancock/tls/two", R"({"chain":"x"})");
  world_.put("/hancock/tls/three", R"({"chain":"x","sealed_key":"y"})");
  EXPECT_TRUE(world_.until([this] { return status()["refused"].size() == 3; }));
  const auto refused = status()["refused"];
  EXPECT_EQ(refused["/hancock/tls/one"], "the key is not that of the chain's first certificate");
  EXPECT_EQ(refused["/hancock/tls/two"], "key: a text in PEM is needed");
  EXPECT_EQ(refused["/hancock/tls/three"], "sealed_key: not supported yet");
  EXPECT_TRUE(shows("one.test"));
  EXPECT_TRUE(world_.until([this] {
    const auto record = world_.record();
    return record && record->refused.size() == 3;
  }));
}

TEST_F(GatewayHttps, files_are_swapped_without_a_restart_and_connections_go_on) {
  start();
  Visitor old = visit();
  const PemPair next = ca_.issue({"next.test"});
  ASSERT_TRUE(write_file(pair_.chain, next.chain));
  world_.gateway->look_at_certificates();
  EXPECT_TRUE(world_.until([this] { return status()["refused"].contains(pair_.chain); }));
  EXPECT_TRUE(shows("shop.test"));
  ASSERT_TRUE(write_file(pair_.key, next.key));
  world_.gateway->look_at_certificates();
  EXPECT_TRUE(world_.until([this] { return shows("next.test"); }));
  EXPECT_FALSE(shows("shop.test"));
  EXPECT_TRUE(status()["refused"].empty());
  EXPECT_EQ(status()["certificates"][0]["names"][0], "next.test");
  old.send(get("shop.test"));
  EXPECT_EQ(old.answer().status, 200);
}

TEST_F(GatewayHttps, files_are_looked_at_by_themselves) {
  start();
  write_pair(ca_.issue({"next.test"}));
  EXPECT_TRUE(world_.until([this] { return shows("next.test"); }));
}

TEST_F(GatewayHttps, who_goes_on_with_a_ticket_by_a_name_that_has_no_certificate_any_more_is_answered) {
  world_.config.certificates.clear();  // nor is there one for everybody
  put_record("one", ca_.issue({"one.test"}));
  start();
  ASSERT_TRUE(world_.until([this] { return shows("one.test"); }));
  const auto ask = [&](const std::string& version, const std::string& session) {
    return run("printf 'GET / HTTP/1.0\\r\\nHost: other.test\\r\\n\\r\\n' | openssl s_client " + version +
               " -ign_eof -servername one.test -connect " + https().to_string() + " " + session);
  };
  const std::string of_1_2 = folder_ / "session12";
  const std::string of_1_3 = folder_ / "session13";
  EXPECT_NE(ask("-tls1_2", "-sess_out " + of_1_2).find("New, "), std::string::npos);
  EXPECT_NE(ask("-tls1_3", "-sess_out " + of_1_3).find("New, "), std::string::npos);
  world_.remove("/hancock/tls/one");
  ASSERT_TRUE(world_.until([this] { return !shows("one.test"); }));
  for (const auto& [version, session] : {std::pair("-tls1_2", of_1_2), std::pair("-tls1_3", of_1_3)}) {
    const std::string said = ask(version, "-sess_in " + session);
    EXPECT_NE(said.find("Reused, "), std::string::npos) << said;
    EXPECT_NE(said.find("\nHTTP/1.1 421 "), std::string::npos) << "another host than the session's: " << said;
  }
}

TEST_F(GatewayHttps, a_host_that_the_certificate_does_not_cover_is_misdirected) {
  HttpPeer& peer = start();
  const int before = peer.requests();
  Visitor visitor = visit("shop.test");
  visitor.send(get("other.test"));
  EXPECT_EQ(visitor.answer().status, 421);
  EXPECT_EQ(peer.requests(), before);
  visitor.send(get("a.shop.test"));
  EXPECT_EQ(visitor.answer().status, 200);
  visitor.send(get("SHOP.test:443"));
  EXPECT_EQ(visitor.answer().status, 200);
}

TEST_F(GatewayHttps, without_a_name_any_host_may_be_asked_for) {
  start();
  Visitor visitor = Visitor(world_.loop, [this] {
    client_ = *io::TlsClient::make({.verify = false, .ca = {}});
    return connect("127.0.0.1");
  }());
  visitor.send(get("other.test"));
  EXPECT_EQ(visitor.answer().status, 200);
}

TEST_F(GatewayHttps, who_forgets_tls_is_told_so) {
  start();
  Visitor visitor(world_.loop, https());
  visitor.send(get("shop.test"));
  const http::Answer answer = visitor.answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.headers.get("X-Slardar-Error"), "bad_request");
  EXPECT_EQ(visitor.rest(), "");
  EXPECT_FALSE(visitor.was_reset());
}

TEST_F(GatewayHttps, garbage_ends_one_connection_and_is_counted) {
  start();
  Visitor visitor(world_.loop, https());
  visitor.send(std::string(100, '\x01'));
  visitor.rest();
  EXPECT_NE(world_.admin("/metrics").body.find("slardar_tls_handshakes_total{result=\"failed\"} 1"),
            std::string::npos);
  EXPECT_TRUE(shows("shop.test"));
}

TEST_F(GatewayHttps, half_a_record_stops_nobody_else) {
  start();
  auto tls = connect("shop.test");
  Visitor half(world_.loop, tls->take_socket());
  half.send(std::string_view("\x17\x03\x03\x10\x00half", 9));
  Visitor whole = visit();
  whole.send(get("shop.test"));
  EXPECT_EQ(whole.answer().status, 200);
}

TEST_F(GatewayHttps, much_comes_through_both_ways) {
  HttpPeer& peer = world_.peer(
      [](const http::RequestHead&, const std::string& body) { return http::Response(200, body); });
  world_.put(route_of("echo", {"a.shop.test"}, 0));
  world_.put(endpoint_of("echo", "e1", peer.port()));
  start();
  const std::string body(3'000'000, 'x');
  Visitor visitor = visit("a.shop.test");
  const std::string head = "POST / HTTP/1.1\r\nHost: a.shop.test\r\nContent-Length: 3000000\r\n\r\n";
  visitor.send(head + body);
  EXPECT_TRUE(visitor.answer().body == body);
}

TEST_F(GatewayHttps, an_answer_that_ends_with_the_connection_ends_with_close_notify) {
  ScriptedPeer& peer = world_.scripted_peer({{"HTTP/1.0 200 OK\r\n\r\nall of it"}});
  world_.put(route_of("old", {"a.shop.test"}, 0));
  world_.put(endpoint_of("old", "o1", peer.port()));
  start();
  Visitor visitor = visit("a.shop.test");
  visitor.send("GET / HTTP/1.0\r\nHost: a.shop.test\r\n\r\n");
  const std::string all = visitor.rest();
  EXPECT_TRUE(all.ends_with("all of it")) << all;
  EXPECT_FALSE(visitor.was_reset()) << "an end without close_notify is an error";
}

TEST_F(GatewayHttps, idle_visitors_of_a_drain_read_an_end) {
  start();
  Visitor visitor = visit();
  visitor.send(get("shop.test"));
  EXPECT_EQ(visitor.answer().status, 200);
  world_.stop();
  EXPECT_EQ(visitor.rest(), "");
  EXPECT_FALSE(visitor.was_reset());
  EXPECT_EQ(world_.wait(), 0);
}

/// Visitors who come, ask once and go, as long as they are wanted.
TEST_F(GatewayHttps, no_request_fails_while_certificates_are_swapped) {
  start();
  bool wanted = true;
  int answered = 0;
  int failed = 0;
  const auto come_and_go = [&]() -> io::Async<void> {
    while (wanted) {
      auto tls = co_await connecting("shop.test");
      ++(tls ? answered : failed);
      if (!tls) continue;
      const std::string request = get("shop.test");
      auto sent = co_await tls->send(request);
      std::vector<char> room(4096);
      auto count = co_await tls->recv(room, world_.loop.now() + 5s);
      const bool well = sent && count && std::string_view(room.data(), *count).starts_with("HTTP/1.1 200");
      if (!well) ++failed;
    }
  };
  io::Scope visitors;
  for (int i = 0; i < 4; ++i) visitors.spawn(come_and_go());
  for (int swap = 0; swap < 20; ++swap) {
    const int before = answered;
    if (swap % 2 == 0) {
      write_pair(ca_.issue({"shop.test"}));
      world_.gateway->look_at_certificates();
    } else {
      put_record("shop", ca_.issue({"shop.test"}, (swap + 30) * 24h));
    }
    EXPECT_TRUE(world_.until([&] { return answered >= before + 8; }));
  }
  wanted = false;
  EXPECT_TRUE(world_.until([&] { return visitors.running() == 0; }));
  EXPECT_EQ(failed, 0) << why_;
  EXPECT_GE(answered, 160);
}

class GatewayHttpsWorkers : public GatewayHttps {
 protected:
  GatewayHttpsWorkers() : GatewayHttps(3) {}
};

TEST_F(GatewayHttpsWorkers, any_worker_takes_the_ticket_of_another) {
  start();
  for (const std::string version : {"-tls1_2", "-tls1_3"}) {
    const std::string file = folder_ / "session";
    const std::string port = std::to_string(https().port());
    const std::string first =
        run("(printf 'GET / HTTP/1.0\\r\\nHost: shop.test\\r\\n\\r\\n'; sleep 0.3) | openssl s_client " +
            version + " -ign_eof -servername shop.test -connect 127.0.0.1:" + port + " -sess_out " + file);
    EXPECT_NE(first.find("New, "), std::string::npos) << first;
    for (int i = 0; i < 8; ++i) {
      const std::string again = s_client(version + " -servername shop.test -sess_in " + file);
      EXPECT_NE(again.find("Reused, "), std::string::npos) << again;
    }
  }
  EXPECT_NE(world_.admin("/metrics").body.find("slardar_tls_handshakes_total{result=\"resumed\"} 16"),
            std::string::npos);
}

}  // namespace
}  // namespace hancock::slardar
