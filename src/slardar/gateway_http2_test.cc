// HTTP/2 visitors through a whole gateway in this process.
#include <gtest/gtest.h>

#include "slardar/http2/http2_limits.h"
#include "slardar/testing/http2_visitor.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using H2 = Http2Visitor;

std::string bytes_of(size_t size) {
  std::string bytes(size, '\0');
  SeededRandom random(size);
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

/// A gateway with one route, shop.test, to peers of the test's choice.
class GatewayHttp2 : public ::testing::Test {
 protected:
  template <class PeerType>
  PeerType& serve(PeerType& peer) {
    world_.put(endpoint_of("web", "t" + std::to_string(++tasks_), peer.port()));
    return peer;
  }
  void start() {
    world_.put(route_of("web", {"shop.test"}));
    world_.start();
  }
  HttpPeer& echo() {
    return serve(world_.peer(
        [](const http::RequestHead&, const std::string& body) { return http::Response(200, body); }));
  }
  HttpPeer& web() { return serve(world_.named_peer("web")); }
  H2 visit(std::vector<std::pair<uint16_t, uint32_t>> settings = {}) {
    return H2(world_.loop, world_.http(), std::move(settings));
  }
  std::string metric(const std::string& name) {
    const std::string text = world_.admin("/metrics").body;
    const size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  }

  World world_{1};
  int tasks_ = 0;
};

TEST_F(GatewayHttp2, a_request_reaches_its_peer_as_http1) {
  HttpPeer& peer = web();
  start();
  H2 visitor = visit();
  const auto answer =
      visitor.answer(visitor.get("/a?b=c", {{"cookie", "a=1"}, {"x-mine", "yes"}, {"cookie", "b=2"}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "web");
  EXPECT_TRUE(answer.ended);
  EXPECT_EQ(peer.last().target, "/a?b=c");
  EXPECT_EQ(peer.last().headers.get("Host"), "shop.test");
  EXPECT_EQ(peer.last().headers.get("Cookie"), "a=1; b=2");
  EXPECT_EQ(peer.last().headers.get("X-Mine"), "yes");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-Host"), "shop.test");
  EXPECT_FALSE(peer.last().headers.has("Transfer-Encoding"));
  EXPECT_EQ(metric("slardar_http2_requests_total"), "1");
}

TEST_F(GatewayHttp2, errors_have_their_codes) {
  start();
  H2 visitor = visit();
  const auto empty = visitor.answer(visitor.get());
  EXPECT_EQ(empty.status, 503);
  EXPECT_EQ(empty.headers.get("x-slardar-error"), "no_peer");
  EXPECT_EQ(empty.body, "no_peer\n");
  const uint32_t id = visitor.next_id();
  visitor.head(id, {{":method", "HEAD"}, {":scheme", "http"}, {":authority", "other.test"}, {":path", "/"}});
  EXPECT_EQ(visitor.answer(id).status, 404);
  EXPECT_EQ(visitor.answer(id).body, "");
}

TEST_F(GatewayHttp2, answers_without_a_body_end_with_their_head) {
  serve(world_.scripted_peer(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n"}}));
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.next_id();
  visitor.head(id, H2::fields_of("HEAD", "/"));
  EXPECT_EQ(visitor.answer(id).headers.get("content-length"), "5");
  EXPECT_EQ(visitor.answer(visitor.get()).status, 204);
  const auto unchanged = visitor.answer(visitor.get());
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.headers.get("etag"), "\"a\"");
  EXPECT_EQ(visitor.data_frames, 0U);
}

TEST_F(GatewayHttp2, fields_of_the_connection_and_capitals_do_not_reach_the_visitor) {
  serve(world_.scripted_peer(
      {{"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Drop\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\n"
        "X-Keep: Yes\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}}));
  start();
  H2 visitor = visit();
  const auto answer = visitor.answer(visitor.get());
  EXPECT_EQ(answer.body, "abc");
  std::string names;
  for (const http::Header& field : answer.headers) names += field.name + " ";
  EXPECT_EQ(names, ":status x-keep date ");
}

TEST_F(GatewayHttp2, interim_answers_and_trailers_pass) {
  serve(world_.scripted_peer(
      {{"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
        "chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n"}}));
  start();
  H2 visitor = visit();
  const auto answer = visitor.answer(visitor.get());
  EXPECT_EQ(answer.interim, std::vector<int>{103});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.trailers.get("x-sum"), "5");
}

TEST_F(GatewayHttp2, a_body_without_a_length_reaches_the_peer_in_chunks_with_its_trailers) {
  ScriptedPeer& peer = serve(world_.scripted_peer({{"", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}}));
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.next_id();
  visitor.head(id, H2::fields_of("POST", "/"), H2::kEndHeaders);
  ASSERT_TRUE(world_.until([&] { return peer.requests().size() == 1; }));
  visitor.data(id, "hello");
  visitor.head(id, {{"x-sum", "5"}});
  EXPECT_EQ(visitor.answer(id).body, "ok");
  EXPECT_NE(peer.requests()[0].find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(peer.requests()[1], "5\r\nhello\r\n0\r\nx-sum: 5\r\n\r\n");
}

TEST_F(GatewayHttp2, a_body_that_came_with_its_head_is_framed_too) {
  HttpPeer& peer = echo();
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.next_id();
  const std::string head = H2::encoded(H2::fields_of("POST", "/"));
  const auto frame = [&](uint8_t type, uint8_t flags, const std::string& payload) {
    return std::string{0,
                       0,
                       static_cast<char>(payload.size()),
                       static_cast<char>(type),
                       static_cast<char>(flags),
                       0,
                       0,
                       0,
                       static_cast<char>(id)} +
           payload;
  };
  visitor.send_raw(frame(H2::kHeaders, H2::kEndHeaders, head) +
                   frame(H2::kData, H2::kEndStream, "GET / HTTP/1.1"));
  EXPECT_EQ(visitor.answer(id).body, "GET / HTTP/1.1");
  EXPECT_TRUE(peer.last().headers.has("Transfer-Encoding"));
}

TEST_F(GatewayHttp2, large_bodies_pass_both_ways_within_the_windows) {
  echo();
  start();
  const std::string body = bytes_of(3 << 20);
  for (const bool has_length : {true, false}) {
    H2 visitor = visit();
    const uint32_t id = visitor.next_id();
    H2::Fields more;
    if (has_length) more.push_back({"content-length", std::to_string(body.size())});
    visitor.head(id, H2::fields_of("POST", "/", more), H2::kEndHeaders);
    ASSERT_TRUE(visitor.until([&] { return visitor.settings_acknowledged; }));
    visitor.stream_windows[id] += visitor.initial_window;
    for (size_t at = 0; at < body.size();) {
      const auto room = [&] {
        return std::min({visitor.connection_window, visitor.stream_windows[id], int64_t{16'384}});
      };
      ASSERT_TRUE(visitor.until([&] { return room() > 0; }));
      const size_t size = std::min(static_cast<size_t>(room()), body.size() - at);
      visitor.data(id, body.substr(at, size), at + size == body.size() ? H2::kEndStream : 0);
      visitor.connection_window -= static_cast<int64_t>(size);
      visitor.stream_windows[id] -= static_cast<int64_t>(size);
      at += size;
    }
    const auto& answer = visitor.answer(id);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == body);
  }
}

TEST_F(GatewayHttp2, streams_are_answered_side_by_side) {
  serve(world_.peer(
      [](const http::RequestHead& head, const std::string&) { return http::Response(200, head.target); }));
  start();
  H2 visitor = visit();
  std::vector<uint32_t> ids;
  for (int i = 0; i < 128; ++i) ids.push_back(visitor.get("/" + std::to_string(i)));
  for (int i = 127; i >= 0; --i)
    EXPECT_EQ(visitor.answer(ids[static_cast<size_t>(i)]).body, "/" + std::to_string(i));
}

TEST_F(GatewayHttp2, who_reads_slowly_holds_nobody_up) {
  const std::string body = bytes_of(4 << 20);
  serve(world_.peer([&](const http::RequestHead& head, const std::string&) {
    return http::Response(200, head.target == "/large" ? body : "small");
  }));
  start();
  H2 visitor = visit();
  visitor.gives_windows = false;
  const uint32_t slow = visitor.get("/large");
  ASSERT_TRUE(visitor.until([&] { return visitor.answers[slow].body.size() == 65'535; }));  // all that he may
  H2 other = visit();
  EXPECT_EQ(other.answer(other.get()).body, "small");
  visitor.gives_windows = true;
  visitor.send({H2::kWindowUpdate, 0, 0, std::string("\0\1\0\0", 4)});
  visitor.send({H2::kWindowUpdate, 0, slow, std::string("\0\1\0\0", 4)});
  EXPECT_TRUE(visitor.answer(slow).body == body);
}

TEST_F(GatewayHttp2, a_peer_that_does_not_read_stops_the_visitor_and_nobody_else) {
  io::Loop& loop = world_.loop;
  auto listener = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));  // nobody accepts or reads
  world_.put(endpoint_of("web", "deaf", listener->address().port()));
  auto& other = world_.named_peer("other");
  registry::Endpoint endpoint = endpoint_of("other", "o1", other.port());
  world_.put(endpoint);
  world_.put(route_of("other", {"other.test"}));
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.next_id();
  visitor.head(id, H2::fields_of("POST", "/"), H2::kEndHeaders);
  ASSERT_TRUE(visitor.until([&] { return visitor.settings_acknowledged; }));
  visitor.stream_windows[id] += visitor.initial_window;
  const std::string piece(16'384, 'x');
  // Until no more may be sent, and an answer to another request shows that nothing is under way.
  int64_t sent = 0;
  while (true) {
    while (visitor.stream_windows[id] >= 16'384 && visitor.connection_window >= 16'384) {
      visitor.data(id, piece);
      visitor.stream_windows[id] -= 16'384;
      visitor.connection_window -= 16'384;
      sent += 16'384;
    }
    const uint32_t second = visitor.next_id();
    visitor.head(second,
                 {{":method", "GET"}, {":scheme", "http"}, {":authority", "other.test"}, {":path", "/"}});
    ASSERT_EQ(visitor.answer(second).body, "other");
    if (visitor.stream_windows[id] < 16'384) break;
    ASSERT_LT(sent, 64 << 20) << "the windows grow though nobody reads";
  }
}

TEST_F(GatewayHttp2, a_reset_cancels_the_try) {
  ScriptedPeer& peer = serve(world_.scripted_peer({{"", "never"}}));
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.get();
  ASSERT_TRUE(world_.until([&] { return peer.requests().size() == 1; }));
  EXPECT_EQ(metric("slardar_in_flight"), "1");
  visitor.reset(id);
  EXPECT_TRUE(world_.until([&] { return metric("slardar_in_flight") == "0"; }));
  EXPECT_NE(world_.admin("/metrics").body.find("code=\"499\""), std::string::npos);
}

TEST_F(GatewayHttp2, an_answer_that_is_cut_resets_its_stream) {
  serve(world_.scripted_peer({{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"}}));
  start();
  H2 visitor = visit();
  const auto answer = visitor.answer(visitor.get());
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.ended);
  EXPECT_TRUE(answer.reset.has_value());
}

TEST_F(GatewayHttp2, an_answer_before_the_body_ends_the_stream_without_an_error) {
  serve(world_.scripted_peer({{"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno\n"}}));
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.next_id();
  visitor.head(id, H2::fields_of("POST", "/"), H2::kEndHeaders);
  EXPECT_EQ(visitor.answer(id).status, 413);
  ASSERT_TRUE(visitor.until([&] { return visitor.answers[id].reset.has_value(); }));
  EXPECT_EQ(visitor.answers[id].reset, H2::kNoError);
}

TEST_F(GatewayHttp2, what_breaks_the_rules_never_reaches_a_peer) {
  HttpPeer& peer = web();
  start();
  H2 visitor = visit();
  const auto base = H2::fields_of("GET", "/");
  const auto with = [&](const std::string& name, const std::string& value) {
    auto fields = base;
    fields.push_back({name, value});
    return fields;
  };
  const std::vector<H2::Fields> broken{
      with("X-Upper", "a"),
      with("connection", "close"),
      with("transfer-encoding", "chunked"),
      with("upgrade", "h2c"),
      with("keep-alive", "1"),
      with("te", "gzip"),
      with("host", "other.test"),
      with("content-length", "5"),
      with("content-length", "+0"),
      with("bad name", "a"),
      with("a", "b\r\nc: d"),
      with("a", std::string("b\0c", 3)),
      with("a", "\x01"),
      with("a", " b"),
      with(":path", "/b"),
      with(":unknown", "a"),
      with("", "a"),
      {{"a", "b"}, {":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", "/"}},
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}},
      {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}},
      {{":method", "G T"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", "/"}},
      {{":method", "GET"}, {":scheme", "ftp"}, {":authority", "shop.test"}, {":path", "/"}},
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", "a"}},
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", "/#a"}},
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", "http://shop.test/"}},
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "a b"}, {":path", "/"}},
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "u@shop.test"}, {":path", "/"}},
      {{":method", "TRACE"}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", "/"}},
      {{":method", "CONNECT"}, {":authority", "shop.test:1"}},
  };
  for (size_t i = 0; i < broken.size(); ++i) {
    const uint32_t id = visitor.next_id();
    visitor.head(id, broken[i]);
    const auto& answer = visitor.answer(id);
    EXPECT_TRUE(answer.reset == H2::kProtocolError || answer.status == 400 || answer.status == 405)
        << i << " " << answer.status;
  }
  EXPECT_EQ(peer.requests(), 0);
  EXPECT_EQ(visitor.answer(visitor.get()).body, "web");  // each was an error of its stream only
}

TEST_F(GatewayHttp2, data_other_than_content_length_says_is_an_error) {
  echo();
  start();
  H2 visitor = visit();
  for (const std::string body : {"1234", "123456"}) {
    const uint32_t id = visitor.next_id();
    visitor.head(id, H2::fields_of("POST", "/", {{"content-length", "5"}}), H2::kEndHeaders);
    visitor.data(id, body, H2::kEndStream);
    EXPECT_EQ(visitor.answer(id).reset, H2::kProtocolError);
  }
}

TEST_F(GatewayHttp2, heads_past_the_limits_are_answered) {
  web();
  start();
  H2 visitor = visit();
  EXPECT_EQ(visitor.answer(visitor.get("/" + std::string(8'192, 'a'))).status, 414);
  H2::Fields many;
  for (int i = 0; i < 101; ++i) many.push_back({"a", "b"});
  EXPECT_EQ(visitor.answer(visitor.get("/", many)).status, 431);
  many.resize(90);  // the peer has the same limit, and gets more
  EXPECT_EQ(visitor.answer(visitor.get("/", many)).status, 200);
}

TEST_F(GatewayHttp2, a_drain_finishes_what_is_in_flight_and_names_the_last_stream) {
  echo();
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.next_id();
  visitor.head(id, H2::fields_of("POST", "/"), H2::kEndHeaders);
  visitor.data(id, "a");
  ASSERT_TRUE(world_.until([&] { return metric("slardar_in_flight") == "1"; }));
  world_.stop();
  EXPECT_EQ(visitor.go_away(), H2::kNoError);
  EXPECT_EQ(visitor.last_stream(), 0x7fff'ffffU);  // nothing is refused yet
  ASSERT_TRUE(visitor.until([&] { return visitor.last_stream() == id; }));
  visitor.data(id, "b", H2::kEndStream);
  EXPECT_EQ(visitor.answer(id).body, "ab");
  EXPECT_TRUE(visitor.ends());
  EXPECT_EQ(world_.wait(), 0);
}

/// What an attacker does until the gateway has enough; and beside him somebody is served.
class GatewayHttp2Abuse : public GatewayHttp2, public ::testing::WithParamInterface<const char*> {
 protected:
  void attack(H2& attacker, const std::string& kind) {
    for (int i = 0; i < 3'000; ++i) attack_once(attacker, kind, i);
  }

 private:
  static std::string bytes(size_t size) { return std::string(size, '\0'); }
  void attack_once(H2& attacker, const std::string& kind, int i) {
    const uint32_t first = 1;
    if (kind == "settings") return attacker.send({H2::kSettings, 0, 0, ""});
    if (kind == "ping") return attacker.send({H2::kPing, 0, 0, bytes(8)});
    if (kind == "priority") return attacker.send({H2::kPriority, 0, 3, bytes(5)});
    if (kind == "window_update") return attacker.send({H2::kWindowUpdate, 0, 0, std::string("\0\0\0\1", 4)});
    if (kind == "reset") return attacker.reset(attacker.get());
    if (kind == "empty_frame") {
      if (i == 0) return attacker.head(first, H2::fields_of("POST", "/"), H2::kEndHeaders);
      return attacker.data(first, "");
    }
    if (kind == "continuation") {
      if (i == 0) return attacker.head(first, H2::fields_of("GET", "/"), H2::kEndStream);
      return attacker.send({H2::kContinuation, 0, first, H2::encoded({{"a", "b"}})});
    }
    if (kind == "head_too_large") {  // one field in the table, named again and again: a byte each
      const std::string entry = '\x40' + H2::encoded({{"a", std::string(3'000, 'b')}}).substr(1);
      if (i == 0)
        attacker.send({H2::kHeaders, H2::kEndHeaders | H2::kEndStream, first,
                       H2::encoded(H2::fields_of("GET", "/")) + entry + std::string(12'000, '\xbe')});
    }
  }
};

TEST_P(GatewayHttp2Abuse, ends_the_connection_and_nobody_elses) {
  web();
  start();
  H2 other = visit();
  EXPECT_EQ(other.answer(other.get()).body, "web");
  H2 attacker = visit();
  const std::string kind = GetParam();
  attack(attacker, kind);
  EXPECT_EQ(attacker.go_away(), H2::kEnhanceYourCalm);
  EXPECT_EQ(other.answer(other.get()).body, "web");
  EXPECT_EQ(metric("slardar_http2_refused_total{reason=\"" + kind + "\"}"), "1");
}

INSTANTIATE_TEST_SUITE_P(Each, GatewayHttp2Abuse,
                         ::testing::Values("settings", "ping", "priority", "window_update", "reset",
                                           "empty_frame", "continuation", "head_too_large"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace hancock::slardar
