// What a Service's `health` may say, and what is said about a wrong one, to the letter.
#include <gtest/gtest.h>

#include "model/spec_testing.h"
#include "model/time.h"

namespace hancock::model {
namespace {

using namespace std::chrono_literals;

HealthSpec health_of(std::string_view text) {
  return load(web(std::string("health: ").append(text))).services().at("web").health();
}

TEST(HealthSpec, says_how_gateways_check) {
  const HealthSpec health = health_of(
      "{typ: http, timeout: 1s, interval: 500ms, sensibility: 2, rise: 4, protected: false, "
      "http_opts: {query: \"GET /up HTTP/1.0\\r\\n\\r\\n\", statuses: {502: false, \"404\": true}}}");
  EXPECT_EQ(health.typ(), "http");
  EXPECT_EQ(from_proto(health.timeout()), 1s);
  EXPECT_EQ(from_proto(health.interval()), 500ms);
  EXPECT_EQ(health.sensibility(), 2U);
  EXPECT_EQ(health.rise(), 4U);
  EXPECT_TRUE(health.has_protected_());
  EXPECT_FALSE(health.protected_());
  EXPECT_EQ(health.http_opts().query(), "GET /up HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(health.http_opts().statuses().at("502"));
  EXPECT_TRUE(health.http_opts().statuses().at("404"));
  EXPECT_EQ(health_of("{typ: mysql, user: watch, pass: '', name: shop}").user(), "watch");
}

TEST(HealthSpec, what_is_not_written_stays_unsaid) {
  EXPECT_FALSE(load(web("")).services().at("web").has_health());
  EXPECT_EQ(health_of("{}").ByteSizeLong(), 0U);
}

TEST(HealthSpec, wrong_ones_are_refused) {
  expect_refusals(
      web,
      {
          {"health: []", "6: services.web.health: []: must be a map of keys and values"},
          {"health: {typ: htttp}",
           "6: services.web.health.typ: htttp: must be one of general, http, mysql, redis, grpc"},
          {"health: {type: http}", "6: services.web.health.type: unknown key, did you mean typ?"},
          {"health: {interval: 10ms}",
           "6: services.web.health.interval: 10ms: must be 100ms..1h: a number with ms, s, m, h or d, like "
           "30s"},
          {"health: {timeout: 0s}",
           "6: services.web.health.timeout: 0s: must be 1ms..1m: a number with ms, s, m, h or d, like 30s"},
          {"health: {sensibility: 0}", "6: services.web.health.sensibility: 0: must be 1..1000"},
          {"health: {protected: maybe}", "6: services.web.health.protected: maybe: must be true or false"},
          {"health: {http_opts: {}}",
           "6: services.web.health.http_opts: {}: must be absent: it is for typ http"},
          {"health: {typ: http, http_opts: {statuses: {600: false}}}",
           "6: services.web.health.http_opts.statuses.600: key must be a status 100..599"},
          {"health: {typ: http, http_opts: {statuses: [502]}}",
           "6: services.web.health.http_opts.statuses: […]: must be a map of statuses 100..599, like "
           "{\"502\": false}"},
          {"health: {typ: redis, name: a}",
           "6: services.web.health.name: a: must be absent: it is for typ mysql and grpc"},
      });
}

}  // namespace
}  // namespace hancock::model
