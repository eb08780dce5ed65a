#include "registry/records.h"

#include <gtest/gtest.h>

namespace hancock::registry {
namespace {

Route route() {
  Route route;
  route.tenant = "default";
  route.app = "shop";
  route.service = "web";
  route.generation = 7;
  route.split = {{3, 90}, {4, 10}};
  Entrance http;
  http.hosts = {"shop.test", "*.shop.test"};
  http.paths = {"/", "/api"};
  http.port = "http";
  http.balance = "least_conn";
  http.timeouts = {.connect_ms = 250, .response_head_ms = 120'000, .idle_ms = 3'600'000};
  http.retry = {.tries = 3, .unsafe = true};
  http.timeouts.total_ms = 90'000;
  http.sticky = "cookie:shop";
  http.redirect_https = true;
  http.protocol = "grpc";
  http.limits = {.in_flight = 100, .rate = 50, .burst = 10, .body = 1 << 20};
  http.slow_start_ms = 30'000;
  http.request_headers = {.set = {{"X-Shop", "a b"}}, .remove = {"X-Debug"}};
  http.response_headers.remove = {"Server"};
  Entrance tcp;
  tcp.tcp = 5432;
  tcp.port = "db";
  tcp.proxy_protocol = "v2";
  route.entrances = {http, tcp};
  route.health = {.enable = true,
                  .typ = "http",
                  .timeout_ms = 1'000,
                  .interval_ms = 500,
                  .sensibility = 4,
                  .rise = 5,
                  .protect = false,
                  .query = "GET /up HTTP/1.0\r\n\r\n",
                  .statuses = {{404, true}, {502, false}},
                  .name = "shop",
                  .user = "watch",
                  .pass = "word"};
  return route;
}

Endpoint endpoint() {
  Endpoint endpoint;
  endpoint.task = "t1";
  endpoint.node = "node-1";
  endpoint.site = "site-1";
  endpoint.tenant = "default";
  endpoint.app = "shop";
  endpoint.service = "web";
  endpoint.version = 3;
  endpoint.address = "10.0.0.7";
  endpoint.ports = {{"http", 20001}, {"db", 20002}};
  endpoint.weight = 5;
  endpoint.state = EndpointState::kDraining;
  endpoint.incarnation = INT64_MAX;
  return endpoint;
}

GatewayRecord gateway() {
  GatewayRecord gateway;
  gateway.id = "g1";
  gateway.address = "10.0.0.9:80";
  gateway.site = "site-1";
  gateway.version = "0.1.0";
  gateway.applied = {2, store::Revision(123)};
  gateway.refused = {{"/hancock/routes/default/shop/web", "routes[0].port: missing"}};
  gateway.in_flight = {{"t1", 4}};
  gateway.answers = {{"default/shop/web", {{3, {400, 1, {{0, 300}, {57, 99}}}}, {4, {40, 0, {}}}}}};
  return gateway;
}

template <class T>
void expect_refused(std::string_view text, std::string_view field, std::string_view message) {
  const auto record = decode<T>(text);
  ASSERT_FALSE(record) << text;
  EXPECT_EQ(record.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(record.error().field, field) << record.error().message;
  EXPECT_EQ(record.error().message, message);
}

// `text` with the first `what` replaced.
std::string with(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what << " in " << text;
  return text.replace(at, what.size(), by);
}

TEST(Records, are_read_back_as_they_were_written) {
  EXPECT_EQ(decode<Route>(encode(route())), route());
  EXPECT_EQ(decode<Endpoint>(encode(endpoint())), endpoint());
  EXPECT_EQ(decode<GatewayRecord>(encode(gateway())), gateway());
  const NodeRecord node{"node-1", "site-1", 3};
  EXPECT_EQ(decode<NodeRecord>(encode(node)), node);
  const Barrier barrier{"b1", {"t1", "t2"}, {1, {}}};
  EXPECT_EQ(decode<Barrier>(encode(barrier)), barrier);
}

TEST(Records, take_their_defaults_for_what_is_left_out) {
  const auto read = decode<Route>(R"({"tenant":"a","app":"b","service":"c","generation":"12","split":{},
                                      "routes":[{"hosts":["*"],"port":"http"}]})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->generation, 12);
  Entrance defaults;
  defaults.hosts = {"*"};
  defaults.port = "http";
  EXPECT_EQ(read->entrances, std::vector{defaults});
}

TEST(Records, keep_members_that_only_a_newer_version_knows) {
  const std::string before = R"({"note":{"by":"x"},"tenant":"t","routes":[
    {"hosts":["gone.test"],"mirror":"a"},
    {"hosts":["shop.test","*.shop.test"],"paths":["/","/api"],"mirror":"b","retry":{"budget":20}},
    {"tcp":5432,"tap":["db.test"]}]})";
  const std::string after = encode(route(), before);
  EXPECT_EQ(decode<Route>(after), route());
  EXPECT_NE(after.find(R"("note":{"by":"x"})"), std::string::npos) << after;
  EXPECT_NE(after.find(R"("mirror":"b")"), std::string::npos) << after;
  EXPECT_NE(after.find(R"("budget":20)"), std::string::npos) << after;
  EXPECT_NE(after.find(R"("tap":["db.test"])"), std::string::npos) << after;
  EXPECT_EQ(after.find(R"("mirror":"a")"), std::string::npos) << "its entrance is gone: " << after;
  Route plain = route();
  plain.entrances[0].sticky.clear();
  plain.entrances[0].limits = {};
  plain.entrances[0].request_headers = plain.entrances[0].response_headers = {};
  EXPECT_EQ(decode<Route>(encode(plain, after)), plain) << "what a route has no more is taken away";
}

TEST(Records, a_port_can_be_shared_by_the_names_that_tls_asks_for) {
  Route shared = route();
  shared.entrances[0].tls = "shop";
  Entrance one;
  one.tcp = 8443;
  one.sni = {"a.test", "*.b.test"};
  one.port = "tls";
  shared.entrances.push_back(one);
  EXPECT_EQ(decode<Route>(encode(shared)), shared);
  const std::string wrong = R"({"tenant":"a","app":"b","service":"c","generation":1,"split":{},
                                "routes":[{"tcp":8443,"sni":["*"],"port":"http"}]})";
  EXPECT_FALSE(decode<Route>(wrong));
}

TEST(Records, replace_a_text_that_is_no_record) {
  EXPECT_EQ(encode(endpoint(), "{broken"), encode(endpoint()));
  EXPECT_EQ(encode(endpoint(), "[1]"), encode(endpoint()));
}

TEST(Records, say_which_field_of_a_route_is_wrong_and_what_is_allowed) {
  const std::string good = encode(route());
  expect_refused<Route>(with(good, R"("app":"shop")", R"("app":"Shop")"), "app",
                        R"("Shop": 1 to 40 of a-z, 0-9 and '-' inside)");
  expect_refused<Route>(with(good, R"("app":"shop",)", ""), "app", "is missing: a string is needed");
  expect_refused<Route>(with(good, R"("4":10)", R"("x":10)"), "split.x",
                        R"("x": a Version's number from 1 is needed as the name)");
  expect_refused<Route>(with(good, R"("4":10)", R"("4":-1)"), "split.4",
                        "-1: a whole number from 0 to 4294967295 is allowed");
  expect_refused<Route>(with(good, R"("tcp":5432)", R"("tcp":65536)"), "routes[1].tcp",
                        "65536: a whole number from 1 to 65535 is allowed");
  expect_refused<Route>(with(good, R"("connect":"250ms")", R"("connect":"fast")"),
                        "routes[0].timeouts.connect",
                        R"("fast": a number from 1 with ms, s, m, h or d is allowed)");
  expect_refused<Route>(with(good, R"("shop.test")", R"("Shop.test")"), "routes[0].hosts[0]",
                        R"("Shop.test": a lower-case host name, "*.name" or "*")");
  expect_refused<Route>(with(good, R"("/api")", R"("api")"), "routes[0].paths[1]",
                        R"("api": a path from "/" on, without '?', '#' or blanks)");
  expect_refused<Route>(with(good, R"("tcp":5432)", R"("tcp":1,"hosts":["a"])"), "routes[1].hosts",
                        "given beside tcp: one of hosts and tcp is allowed");
  expect_refused<Route>(with(good, R"("unsafe":true)", R"("unsafe":1)"), "routes[0].retry.unsafe",
                        "1: true or false is allowed");
  expect_refused<Route>(with(good, R"("cookie:shop")", R"("cookie:a b")"), "routes[0].sticky",
                        R"("cookie:a b": cookie:NAME or header:NAME, NAME of at most 64 bytes)");
  expect_refused<Route>(with(good, R"("rate":50)", R"("rate":-1)"), "routes[0].limits.rate",
                        "-1: a whole number from 0 to 4294967295 is allowed");
  expect_refused<Route>(with(good, R"("a b")", R"("a\r\nb")"), "routes[0].headers.request.set.X-Shop",
                        "a wrong value: text of at most 4096 bytes without control characters and without "
                        "blanks around it");
  expect_refused<Route>(with(good, R"("grpc")", R"("spdy")"), "routes[0].protocol",
                        R"("spdy": http1, http2 or grpc is allowed)");
  expect_refused<Route>(with(good, R"("v2")", R"("v2","protocol":"grpc")"), "routes[1].protocol",
                        "given with tcp: a TCP entrance has none");
  expect_refused<Route>(with(good, R"("grpc")", R"("grpc","proxy_protocol":"v1")"),
                        "routes[0].proxy_protocol",
                        "given with protocol: peers of http2 and grpc are not told");
  expect_refused<Route>(with(good, R"("v2")", R"("v3")"), "routes[1].proxy_protocol",
                        R"("v3": v1 or v2 is allowed)");
  expect_refused<Route>(with(good, R"("502":false)", R"("602":false)"), "health.http_opts.statuses.602",
                        R"("602": a status from 100 to 599 is needed as the name)");
  expect_refused<Route>(with(good, R"("502":false)", R"("502":"no")"), "health.http_opts.statuses.502",
                        R"("no": true or false is allowed)");
  expect_refused<Route>(with(good, R"("typ":"http")", R"("typ":"a b")"), "health.typ",
                        R"("a b": a check's name)");
  for (const char* name : {"Content-Length", "Host", "X A"}) {
    for (const char* edited : {"X-Shop", "X-Debug", "Server"}) {
      const auto record = decode<Route>(with(good, edited, name));
      ASSERT_FALSE(record) << name;
      EXPECT_NE(record.error().message.find("a field's name of at most 64 bytes"), std::string::npos);
    }
  }
}

TEST(Records, say_which_field_of_an_endpoint_is_wrong) {
  const std::string good = encode(endpoint());
  expect_refused<Endpoint>(with(good, "10.0.0.7", "web.test"), "address",
                           R"("web.test": an IP address is needed)");
  expect_refused<Endpoint>(with(good, "draining", "gone"), "state",
                           R"("gone": ready or draining is allowed)");
  expect_refused<Endpoint>(with(good, R"("db":20002)", R"("db":0)"), "ports.db",
                           "0: a whole number from 1 to 65535 is allowed");
  expect_refused<Endpoint>(with(good, R"("version":3)", R"("version":3.5)"), "version",
                           "3.5: a whole number from 1 to 4294967295 is allowed");
  expect_refused<Endpoint>(with(good, std::to_string(INT64_MAX), "9223372036854775808"), "incarnation",
                           "9223372036854775808: a whole number from 0 is allowed");
}

TEST(Records, refuse_what_is_no_json_object) {
  expect_refused<NodeRecord>("", "", "not JSON at byte 1");
  expect_refused<NodeRecord>(R"({"node":)", "", "not JSON at byte 9");
  expect_refused<NodeRecord>("[]", "", "an array: an object is needed");
  expect_refused<NodeRecord>("{\"node\":\"\xff\"}", "", "not JSON at byte 10");
  expect_refused<NodeRecord>(R"({"x":1e999})", "", "a number is too large for JSON as we read it");
  expect_refused<NodeRecord>(std::string(100'000, '['), "", "nested deeper than 32 levels");
}

TEST(Records, write_bytes_that_are_no_utf8_as_replacement_characters) {
  GatewayRecord record = gateway();
  record.refused = {{"/hancock/lua/script.a", "unexpected \xff"}};
  const auto read = decode<GatewayRecord>(encode(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->refused.at("/hancock/lua/script.a"), "unexpected \xef\xbf\xbd");
}

}  // namespace
}  // namespace hancock::registry
