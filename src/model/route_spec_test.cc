// What is said about wrong routes, to the letter.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "model/json.h"
#include "model/spec_testing.h"

namespace hancock::model {
namespace {

TEST(RouteSpec, is_an_entrance_by_host_or_by_port) {
  expect_refusals(
      web,
      {
          {"routes: {}",
           "6: services.web.routes: {}: must be a list of routes, like [{hosts: [shop.test], port: http}]"},
          {"routes: [{}]", "6: services.web.routes[0]: {}: must be hosts or tcp: one of them"},
          {"routes: [{hosts: []}]", "6: services.web.routes[0].hosts: []: must be at least one host"},
          {"routes: [{hosts: shop.test}]",
           "6: services.web.routes[0].hosts: shop.test: must be a list of hosts, like [shop.test]"},
          {"routes: [{hosts: [Shop.test]}]",
           "6: services.web.routes[0].hosts[0]: Shop.test: must be a DNS name in lower case without port, "
           "like shop.test, *.shop.test, or * for the default route"},
          {"routes: [{hosts: ['shop.test:80']}]",
           "6: services.web.routes[0].hosts[0]: shop.test:80: must be a DNS name in lower case without port, "
           "like shop.test, *.shop.test, or * for the default route"},
          {"routes: [{hosts: ['*x.test']}]",
           "6: services.web.routes[0].hosts[0]: *x.test: must be a DNS name in lower case without port, like "
           "shop.test, *.shop.test, or * for the default route"},
          {"routes: [{hosts: [a.test], tcp: 7001}]",
           "6: services.web.routes[0]: {…}: must be hosts or tcp, not both"},
          {"routes: [{tcp: 0}]", "6: services.web.routes[0].tcp: 0: must be 1..65535"},
          {"routes: [{tcp: 7001, paths: [/]}]",
           "6: services.web.routes[0].paths: […]: must be absent: a TCP entrance has no paths"},
      });
}

TEST(RouteSpec, paths_start_with_a_slash) {
  expect_refusals(web, {
                           {"routes: [{hosts: [a.test], paths: [api]}]",
                            "6: services.web.routes[0].paths[0]: api: must be a path that starts with /, "
                            "without ?, # and blanks, at most 1024 bytes"},
                           {"routes: [{hosts: [a.test], paths: []}]",
                            "6: services.web.routes[0].paths: []: must be at least one path"},
                           {"routes: [{hosts: [a.test], paths: ['/a?b']}]",
                            "6: services.web.routes[0].paths[0]: /a?b: must be a path that starts with /, "
                            "without ?, # and blanks, at most 1024 bytes"},
                           {"routes: [{hosts: [a.test], paths: /api}]",
                            "6: services.web.routes[0].paths: /api: must be a list of paths, like [/api]"},
                       });
}

TEST(RouteSpec, port_is_one_of_the_service) {
  expect_refusals(web, {
                           {"routes: [{hosts: [a.test], port: https}]",
                            "6: services.web.routes[0].port: https: must be a name in ports: http"},
                           {"routes: [{hosts: [a.test], port: 80}]",
                            "6: services.web.routes[0].port: 80: must be a name in ports: http"},
                       });
}

TEST(RouteSpec, needs_a_port_to_lead_to) {
  expect_refusals(whole,
                  {
                      {"app: a\nservices:\n  web: {image: 'b:1', routes: [{hosts: [a.test]}]}\n",
                       "3: services.web.routes[0].port: missing: must be a name in ports, which has none"},
                  });
}

TEST(RouteSpec, no_entrance_stands_twice_in_a_file) {
  expect_refusals(
      web, {
               {"routes: [{hosts: [a.test, a.test]}]",
                "6: services.web.routes[0].hosts[1]: a.test: must be unique: services.web.routes[0] (line 6) "
                "has a.test/ too"},
               {"routes:\n  - {hosts: [a.test], paths: [/, /x]}\n  - {hosts: [b.test, a.test], paths: [/x]}",
                "8: services.web.routes[1].hosts[1]: a.test: must be unique: services.web.routes[0] (line 7) "
                "has a.test/x too"},
               {"routes:\n  - {tcp: 7001}\n  - {tcp: 7001}",
                "8: services.web.routes[1].tcp: 7001: must be unique: services.web.routes[0] (line 7) has "
                "tcp 7001 too"},
           });
}

TEST(RouteSpec, a_port_is_shared_by_names_or_belongs_to_one) {
  const AppSpec spec =
      load(web("routes: [{tcp: 443, sni: [a.test, '*.b.test']}, {tcp: 443, sni: [c.test]}]"));
  EXPECT_EQ(spec.services().at("web").routes(0).sni(1), "*.b.test");
  expect_refusals(
      web,
      {
          {"routes:\n  - {tcp: 443, sni: [a.test]}\n  - {tcp: 443, sni: [b.test, a.test]}",
           "8: services.web.routes[1].sni[1]: a.test: must be unique: services.web.routes[0] (line 7) has "
           "tcp 443 a.test too"},
          {"routes:\n  - {tcp: 443, sni: [a.test]}\n  - {tcp: 443}",
           "8: services.web.routes[1].tcp: 443: must be unique: services.web.routes[0] (line 7) has "
           "tcp 443 a.test"},
          {"routes:\n  - {tcp: 443}\n  - {tcp: 443, sni: [a.test]}",
           "8: services.web.routes[1].sni[0]: a.test: must be unique: services.web.routes[0] (line 7) has "
           "tcp 443"},
          {"routes: [{tcp: 443, sni: []}]", "6: services.web.routes[0].sni: []: must be at least one name"},
          {"routes: [{tcp: 443, sni: ['*']}]",
           "6: services.web.routes[0].sni[0]: *: must be a DNS name in lower case, like db.test or "
           "*.db.test"},
          {"routes: [{hosts: [a.test], sni: [a.test]}]",
           "6: services.web.routes[0].sni: […]: must be absent: it needs tcp"},
      });
}

TEST(RouteSpec, hosts_may_name_their_certificate) {
  EXPECT_EQ(load(web("routes: [{hosts: [a.test], tls: Shop_2025.pem}]")).services().at("web").routes(0).tls(),
            "Shop_2025.pem");
  EXPECT_FALSE(load(web("routes: [{hosts: [a.test], tls: none}]")).services().at("web").routes(0).has_tls());
  expect_refusals(web, {
                           {"routes: [{hosts: [a.test], tls: a/b}]",
                            "6: services.web.routes[0].tls: a/b: must be a certificate's name: letters, "
                            "digits, -, _ and ., at most 128"},
                           {"routes: [{tcp: 7001, tls: a}]",
                            "6: services.web.routes[0].tls: a: must be absent: a TCP entrance has no tls"},
                       });
}

TEST(RouteSpec, no_entrance_stands_in_two_services) {
  expect_refusals(whole,
                  {
                      {"app: a\nservices:\n  web:\n    image: b:1\n    ports: [{name: http, port: 80}]\n    "
                       "routes: [{hosts: [a.test]}, {tcp: 7001}]\n  api:\n    image: b:1\n    ports: [{name: "
                       "http, port: 80}]\n    routes: [{hosts: [a.test]}, {tcp: 7001}]\n",
                       "10: services.api.routes[0].hosts[0]: a.test: must be unique: services.web.routes[0] "
                       "(line 6) has a.test/ too\n10: services.api.routes[1].tcp: 7001: must be unique: "
                       "services.web.routes[1] (line 6) has tcp 7001 too"},
                  });
}

TEST(RouteSpec, has_at_most_a_hundred_entrances) {
  const auto routes = [](int hosts) {
    std::string list;
    for (int i = 0; i < hosts; ++i) list += fmt::format("{}h{}.test", i == 0 ? "" : ", ", i);
    return fmt::format("routes: [{{hosts: [{}], paths: [/, /api]}}, {{tcp: 7001}}]", list);
  };
  load(web(routes(49)));
  const std::string too_many = routes(50);
  expect_refusals(web,
                  {{too_many,
                    "6: services.web.routes: […]: must be at most 100 entrances in all: hosts times paths, "
                    "and TCP ports or names at them"}});
}

TEST(RouteSpec, timeouts_and_retries) {
  expect_refusals(web, {
                           {"routes: [{hosts: [a.test], timeouts: {connect: 0s}}]",
                            "6: services.web.routes[0].timeouts.connect: 0s: must be 1ms..365d: a number "
                            "with ms, s, m, h or d, like 30s"},
                           {"routes: [{hosts: [a.test], timeouts: {idle: 1}}]",
                            "6: services.web.routes[0].timeouts.idle: 1: must be 1ms..365d: a number with "
                            "ms, s, m, h or d, like 30s"},
                           {"routes: [{hosts: [a.test], timeouts: 5s}]",
                            "6: services.web.routes[0].timeouts: 5s: must be a map of keys and values"},
                           {"routes: [{hosts: [a.test], retry: {tries: 0}}]",
                            "6: services.web.routes[0].retry.tries: 0: must be 1..100"},
                           {"routes: [{hosts: [a.test], retry: {unsafe: yes}}]",
                            "6: services.web.routes[0].retry.unsafe: yes: must be true or false"},
                           {"routes: [{hosts: [a.test], retries: 3}]",
                            "6: services.web.routes[0].retries: unknown key, did you mean retry?"},
                       });
}

TEST(RouteSpec, says_who_is_next) {
  const auto balance_of = [](const std::string& balance) {
    return load(web("routes: [{hosts: [a.test]" + balance + "}]")).services().at("web").routes(0).balance();
  };
  for (const std::string kind :
       {"rr", "wrr", "hash", "url_hash", "ip_hash", "header_hash", "least_conn", "p2c", "ewma"})
    EXPECT_EQ(balance_of(", balance: " + kind), kind);
  EXPECT_EQ(balance_of(""), "rr");
  const std::string allowed =
      "must be one of rr, wrr, hash, url_hash, ip_hash, header_hash, least_conn, p2c, ewma";
  expect_refusals(
      web,
      {{"routes: [{hosts: [a.test], balance: best}]", "6: services.web.routes[0].balance: best: " + allowed},
       {"routes: [{tcp: 7001, balance: [rr]}]", "6: services.web.routes[0].balance: […]: " + allowed}});
}

TEST(RouteSpec, what_contradicts_itself_is_refused) {
  expect_refusals(web,
                  {
                      {"routes: [{hosts: [a.test], protocol: grpc, proxy_protocol: v1}]",
                       "6: services.web.routes[0].proxy_protocol: v1: must be absent: peers of http2 and "
                       "grpc are not told"},
                  });
}

TEST(RouteSpec, says_who_comes_how_much_and_what_is_changed) {
  const AppSpec spec =
      load(web("routes: [{hosts: [a.test], slow_start: 30s, sticky: 'cookie:shop', redirect_https: true, "
               "timeouts: {total: 5m}, "
               "limits: "
               "{in_flight: 10, rate: 5, burst: 2, body: 1Mi}, headers: {request: {set: {X-A: yes}, remove: "
               "[X-B]}, response: "
               "{remove: [Server]}}}]"));
  EXPECT_EQ(
      to_json(spec.services().at("web").routes(0)),
      R"({"hosts":["a.test"],"paths":["/"],"tcp":0,"port":"http","balance":"rr","timeouts":{"connect":"1s",)"
      R"("response_head":"1m","idle":"1m","total":"5m"},"retry":{"tries":2,"unsafe":false},)"
      R"("sticky":"cookie:shop","redirect_https":true,"limits":{"in_flight":10,"rate":5,"burst":2,"body":1048576},)"
      R"("headers":{"request":{"set":{"X-A":"yes"},"remove":["X-B"]},)"
      R"("response":{"set":{},"remove":["Server"]}},"slow_start":"30s","sni":[]})");
}

TEST(RouteSpec, says_what_peers_speak) {
  const auto protocol_of = [](const std::string& protocol) {
    return load(web("routes: [{hosts: [a.test]" + protocol + "}]")).services().at("web").routes(0).protocol();
  };
  EXPECT_EQ(protocol_of(", protocol: grpc"), "grpc");
  EXPECT_EQ(protocol_of(", protocol: http2"), "http2");
  EXPECT_EQ(protocol_of(", protocol: http1"), protocol_of(""));
  expect_refusals(web, {{"routes: [{hosts: [a.test], protocol: spdy}]",
                         "6: services.web.routes[0].protocol: spdy: must be one of http1, http2, grpc"},
                        {"routes: [{tcp: 7001, protocol: grpc}]",
                         "6: services.web.routes[0].protocol: grpc: must be absent: a TCP entrance has no "
                         "protocol"}});
}

TEST(RouteSpec, edits_of_headers_never_touch_framing) {
  const std::string rule =
      "a field's name of at most 64 bytes, and none of Connection, Content-Length, Expect, Host, "
      "HTTP2-Settings, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade";
  const std::string set = "routes: [{hosts: [a.test], headers: {request: {set: {content-length: 5}}}}]";
  const std::string removed = "routes: [{hosts: [a.test], headers: {response: {remove: [Connection]}}}]";
  const std::string set_error =
      "6: services.web.routes[0].headers.request.set.content-length: key must be " + rule;
  const std::string removed_error =
      "6: services.web.routes[0].headers.response.remove[0]: Connection: must be " + rule;
  expect_refusals(web,
                  {{set, set_error},
                   {removed, removed_error},
                   {"routes: [{hosts: [a.test], headers: {request: {set: {X-A: \"a\\nb\"}}}}]",
                    "6: services.web.routes[0].headers.request.set.X-A: a\\nb: must be text of at most 4096 "
                    "bytes without control characters and without blanks around it"}});
}

TEST(RouteSpec, limits_and_stickiness) {
  expect_refusals(
      web, {
               {"routes: [{hosts: [a.test], limits: {rate: 0}}]",
                "6: services.web.routes[0].limits.rate: 0: must be 1..1000000"},
               {"routes: [{hosts: [a.test], limits: {burst: 5}}]",
                "6: services.web.routes[0].limits.burst: 5: must be absent: it needs a rate"},
               {"routes: [{hosts: [a.test], sticky: ip}]",
                "6: services.web.routes[0].sticky: ip: must be cookie:NAME or header:NAME, NAME of "
                "at most 64 bytes"},
               {"routes: [{tcp: 7001, sticky: 'cookie:a'}]",
                "6: services.web.routes[0].sticky: cookie:a: must be absent: a TCP entrance has no "
                "sticky"},
               {"routes: [{hosts: [a.test], limits: {body: 0}}]",
                "6: services.web.routes[0].limits.body: 0: must be 1..1Ti: bytes, or a number with Ki, "
                "Mi, Gi, Ti, K, M, G or T, like 128Mi"},
               {"routes: [{tcp: 7001, limits: {body: 1Mi}}]",
                "6: services.web.routes[0].limits.body: 1Mi: must be absent: a TCP entrance has no "
                "bodies"},
               {"routes: [{tcp: 7001, proxy_protocol: v3}]",
                "6: services.web.routes[0].proxy_protocol: v3: must be v1 or v2"},
               {"routes: [{tcp: 7001, timeouts: {total: 1s}}]",
                "6: services.web.routes[0].timeouts.total: 1s: must be absent: a TCP entrance has "
                "no total time"},
           });
}

}  // namespace
}  // namespace hancock::model
