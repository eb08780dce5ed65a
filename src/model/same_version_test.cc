#include "model/same_version.h"

#include <gtest/gtest.h>

#include "model/spec_testing.h"

namespace hancock::model {
namespace {

ServiceSpec spec_of(std::string_view body) { return load(web(body)).services().at("web"); }

TEST(SameVersion, when_only_replicas_differ) {
  EXPECT_TRUE(same_version(spec_of("replicas: 1"), spec_of("replicas: 5")));
  EXPECT_TRUE(same_version(spec_of("env: {A: 1, B: 2}"), spec_of("env: {B: 2, A: 1}")));
  EXPECT_TRUE(same_version(spec_of("update: {keep_versions: 10}"), spec_of("replicas: 1")));
}

TEST(SameVersion, not_when_anything_else_does) {
  const ServiceSpec plain = spec_of("replicas: 1");
  for (const char* body :
       {"env: {A: 1}", "args: [x]", "routes: [{hosts: [a.test]}]", "resources: {cpu: 200m}",
        "update: {min_healthy_time: 1s}", "disconnect: {lost_after: 10s}", "probes: {ready: {http: {}}}",
        "placement: {labels: {disk: ssd}}"}) {
    EXPECT_FALSE(same_version(plain, spec_of(body))) << body;
  }
  EXPECT_FALSE(same_version(spec_of("args: [a, b]"), spec_of("args: [b, a]")));
}

}  // namespace
}  // namespace hancock::model
