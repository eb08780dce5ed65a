// What a right spec becomes: defaults, values as written, and the limits of the text.
#include "model/spec_loader.h"

#include <fmt/core.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/json.h"
#include "model/spec_testing.h"
#include "model/time.h"

namespace hancock::model {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(SpecLoader, fills_in_every_default_of_a_service_with_a_port) {
  const AppSpec spec = load(web("routes: [{hosts: [shop.test]}]"));
  EXPECT_EQ(spec.tenant(), "default");
  EXPECT_EQ(
      to_json(spec.services().at("web")),
      R"({"image":"a/b:1","command":[],"args":[],"workdir":"","user":"","env":{},"replicas":1,)"
      R"("ports":[{"name":"http","port":80,"protocol":"tcp"}],)"
      R"("routes":[{"hosts":["shop.test"],"paths":["/"],"tcp":0,"port":"http","balance":"rr",)"
      R"("timeouts":{"connect":"1s","response_head":"1m","idle":"1m"},"retry":{"tries":2,"unsafe":false},"sni":[]}],)"
      R"("probes":{"ready":{"tcp":{"port":"http"},"interval":"2s","timeout":"1s","rise":2,"fall":3,)"
      R"("start_period":"30s"}},)"
      R"("resources":{"cpu_millis":100,"cpu_limit_millis":0,"memory_bytes":134217728,"pids":256},)"
      R"("placement":{"sites":[],"labels":{},"spread":"node","max_per_node":0},)"
      R"("update":{"strategy":"blue-green","min_healthy_time":"5s","healthy_deadline":"2m",)"
      R"("progress_deadline":"10m","deadline":"1h","drain_timeout":"30s","kill_timeout":"10s",)"
      R"("kill_signal":"SIGTERM","keep_versions":10,"weights":[]},)"
      R"("restart":{"policy":"always","backoff":"1s","max_backoff":"1m","attempts":5,"within":"10m"},)"
      R"("disconnect":{"lost_after":"1m","reconcile":"keep_original"}})");
}

TEST(SpecLoader, without_ports_running_is_ready) {
  const AppSpec spec = load("app: a\nservices: {web: {image: 'b:1'}}\n");
  EXPECT_EQ(spec.services().at("web").probes().ready().kind_case(), ProbeSpec::KIND_NOT_SET);
  EXPECT_FALSE(spec.services().at("web").probes().has_live());
}

TEST(SpecLoader, takes_the_callers_tenant_unless_one_is_written) {
  EXPECT_EQ(load_spec("app: a\nservices: {b: {image: 'b:1'}}\n", {.default_tenant = "acme"})->tenant(),
            "acme");
  EXPECT_EQ(load("app: a\ntenant: t\nservices: {b: {image: 'b:1'}}\n").tenant(), "t");
}

TEST(SpecLoader, takes_env_as_it_is_written) {
  const auto env = load(web("env: {A: yes, B: 010, C: 1.50, D: '', E: \"null\", F: 0x1F, G: 'a: b'}"))
                       .services()
                       .at("web")
                       .env();
  EXPECT_EQ(env.at("A"), "yes");
  EXPECT_EQ(env.at("B"), "010");
  EXPECT_EQ(env.at("C"), "1.50");
  EXPECT_EQ(env.at("D"), "");
  EXPECT_EQ(env.at("E"), "null");
  EXPECT_EQ(env.at("F"), "0x1F");
  EXPECT_EQ(env.at("G"), "a: b");
}

TEST(SpecLoader, reads_every_key_that_is_built) {
  const AppSpec spec = load(R"(app: shop
services:
  web:
    image: registry.test/a/b:1
    command: [sh, -c]
    args: ["echo $HOME", 8080]
    workdir: /srv
    user: 1000:1001
    replicas: 0
    ports: [{name: http, port: 80, protocol: tcp, expose: gateways}, {name: admin, port: "81"}]
    routes:
      - hosts: ["*.shop.test", "*"]
        paths: [/, /api]
        port: admin
        protocol: http1
        redirect_https: false
        balance: rr
        sticky: none
        timeouts: {connect: 250ms, response_head: 2m, idle: 1h, total: none}
        retry: {tries: 1, unsafe: true}
      - tcp: 7001
    probes:
      ready: {http: {path: "/healthz?full", port: admin, statuses: [200, 300-399]}, interval: 10ms, timeout: 5ms,
              rise: 1, fall: 1, start_period: 0s}
      live: {exec: {command: [test, -e, /tmp/alive]}}
    resources: {cpu: 0.25, cpu_limit: 2, memory: 1.5Gi, pids: 8, bandwidth_in: none}
    placement: {sites: [site-1], labels: {disk: ssd, zone: [a, b]}, spread: site, max_per_node: 2}
    update: {strategy: blue-green, min_healthy_time: 0s, healthy_deadline: 1m, progress_deadline: 2m, deadline: 3m,
             drain_timeout: 0s, kill_timeout: 1s, kill_signal: SIGINT, keep_versions: 3, auto_rollback: true,
             auto_promote: false}
    restart: {policy: on-failure, backoff: 100ms, max_backoff: 1s, attempts: 1, within: 1m}
    disconnect: {lost_after: 1s, replace: true, reconcile: keep_replacement, offline: run}
)");
  EXPECT_EQ(
      to_json(spec.services().at("web")),
      R"({"image":"registry.test/a/b:1","command":["sh","-c"],"args":["echo $HOME","8080"],)"
      R"("workdir":"/srv","user":"1000:1001","env":{},"replicas":0,)"
      R"("ports":[{"name":"http","port":80,"protocol":"tcp"},{"name":"admin","port":81,"protocol":"tcp"}],)"
      R"("routes":[{"hosts":["*.shop.test","*"],"paths":["/","/api"],"tcp":0,"port":"admin","balance":"rr",)"
      R"("timeouts":{"connect":"250ms","response_head":"2m","idle":"1h"},"retry":{"tries":1,"unsafe":true},"sni":[]},)"
      R"({"hosts":[],"paths":[],"tcp":7001,"port":"http","balance":"rr",)"
      R"("timeouts":{"connect":"1s","response_head":"1m","idle":"1m"},"retry":{"tries":2,"unsafe":false},"sni":[]}],)"
      R"("probes":{"ready":{"http":{"path":"/healthz?full","port":"admin",)"
      R"("statuses":[{"first":200,"last":200},{"first":300,"last":399}]},)"
      R"("interval":"10ms","timeout":"5ms","rise":1,"fall":1,"start_period":"0s"},)"
      R"("live":{"exec":{"command":["test","-e","/tmp/alive"]},"interval":"2s","timeout":"1s","rise":2,)"
      R"("fall":3,"start_period":"30s"}},)"
      R"("resources":{"cpu_millis":250,"cpu_limit_millis":2000,"memory_bytes":1610612736,"pids":8},)"
      R"("placement":{"sites":["site-1"],"labels":{"disk":{"values":["ssd"]},"zone":{"values":["a","b"]}},)"
      R"("spread":"site","max_per_node":2},)"
      R"("update":{"strategy":"blue-green","min_healthy_time":"0s","healthy_deadline":"1m",)"
      R"("progress_deadline":"2m","deadline":"3m","drain_timeout":"0s","kill_timeout":"1s",)"
      R"("kill_signal":"SIGINT","keep_versions":3,"auto_rollback":true,"weights":[],"auto_promote":false},)"
      R"("restart":{"policy":"on-failure","backoff":"100ms","max_backoff":"1s","attempts":1,"within":"1m"},)"
      R"("disconnect":{"lost_after":"1s","replace":true,"reconcile":"keep_replacement"}})");
}

TEST(SpecLoader, reads_the_same_from_json) {
  const AppSpec yaml = load(web("env: {GREETING: \"caf\\u00e9 \\U0001F600\", N: 1}\nreplicas: 2"));
  const AppSpec json = load(
      "{\n\t\"app\":\"shop\",\"services\":{\"web\":{\"image\":\"a/b:1\",\n"
      "\t\"ports\":[{\"name\":\"http\",\"port\":80}],\"replicas\":\"2\",\n"
      "\t\"env\":{\"GREETING\":\"caf\\u00e9 \\ud83d\\ude00\",\"N\":\"1\"}}}}\n");
  EXPECT_TRUE(MessageDifferencer::Equals(yaml, json)) << to_json(json);
}

TEST(SpecLoader, names_the_line_in_json_too) {
  expect_refusals(
      whole,
      {{"{\"app\": \"shop\",\n \"services\": {\"web\": {\n  \"image\": \"a:1\",\n  \"replicas\": -1}}}\n",
        "4: services.web.replicas: -1: must be 0..10000"}});
}

TEST(SpecLoader, takes_aliases) {
  const AppSpec spec = load(
      "app: a\nservices:\n  b: {image: &image 'x:1', env: &env {A: b}}\n  c: {image: *image, env: *env}\n");
  EXPECT_EQ(spec.services().at("c").image(), "x:1");
  EXPECT_EQ(spec.services().at("c").env().at("A"), "b");
}

TEST(SpecLoader, refuses_aliases_that_grow_past_the_limits) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb +=
        fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i, i - 1);
  }
  std::string long_text = "a: &a " + std::string(600'000, 'x') + "\nb: [*a]\n";
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) deep += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  expect_refusals(whole, {{bomb, "5: more than 100000 values, aliases written out"},
                          {long_text, "2: more than 1048576 bytes, aliases written out"},
                          {deep, "32: nested more than 32 deep"}});
}

TEST(SpecLoader, refuses_a_text_that_is_too_large_by_its_size_alone) {
  const auto spec = load_spec(std::string(kSpecMaxBytes + 1, '['));
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error()[0].message, "1048577 bytes: more than 1048576");
}

TEST(SpecLoader, refuses_what_is_not_text) {
  expect_refusals(whole, {{"app: a\nb: \xFF\n", "2: byte 0xff is not UTF-8"},
                          {"app: a\nb: \x01\n", "2: control character 0x01"},
                          {std::string_view("a\0b", 3), "1: control character 0x00"}});
}

TEST(SpecLoader, lists_mistakes_by_line_and_not_without_end) {
  std::string text = "app: A\nservices:\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("  s{}: {{replicas: -1}}\n", i);
  const auto spec = load_spec(text);
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().size(), kSpecMaxErrors);
  EXPECT_TRUE(std::ranges::is_sorted(spec.error(), {}, &SpecError::line));
}

TEST(SpecLoader, a_list_that_is_too_long_is_one_mistake) {
  std::string ports = "ports: [";
  for (int i = 0; i <= 100; ++i) ports += fmt::format("{{name: p{}, port: 1}}, ", i);
  expect_refusals(bare_web, {{ports + "]\nroutes: [{tcp: 7001, port: p100}]",
                              "5: services.web.ports: […]: must be at most 100 items"}});
}

TEST(SpecLoader, shortens_what_it_shows) {
  const auto spec = load_spec(web("replicas: \"" + std::string(500, 'x') + "\\n\""));
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error()[0].value, std::string(60, 'x') + "…");
}

}  // namespace
}  // namespace hancock::model
