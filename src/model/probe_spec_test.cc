// What is said about wrong probes, to the letter.
#include <gtest/gtest.h>

#include "model/spec_testing.h"

namespace hancock::model {
namespace {

TEST(ProbeSpec, is_of_exactly_one_kind) {
  expect_refusals(
      web,
      {
          {"probes: []", "6: services.web.probes: []: must be a map of keys and values"},
          {"probes: {ready: {}}",
           "6: services.web.probes.ready: {}: must be a map with exactly one of http, tcp and exec"},
          {"probes: {ready: {interval: 1s}}",
           "6: services.web.probes.ready: {…}: must be a map with exactly one of http, tcp and exec"},
          {"probes: {ready: {http: {}, tcp: {}}}",
           "6: services.web.probes.ready: {…}: must be a map with exactly one of http, tcp and exec"},
          {"probes: {ready: {grpc: {}}}",
           "6: services.web.probes.ready.grpc: unknown key, must be one of the keys http, tcp, exec, "
           "interval, timeout, rise, fall, start_period\n6: services.web.probes.ready: {…}: must be a map "
           "with exactly one of http, tcp and exec"},
          {"probes: {reddy: {tcp: {}}}", "6: services.web.probes.reddy: unknown key, did you mean ready?"},
          {"probes: {ready: null}", "6: services.web.probes.ready: null: must be a map of keys and values"},
      });
}

TEST(ProbeSpec, port_is_one_of_the_service) {
  expect_refusals(web, {
                           {"probes: {ready: {http: {port: admin}}}",
                            "6: services.web.probes.ready.http.port: admin: must be a name in ports: http"},
                           {"probes: {ready: {http: {port: 80}}}",
                            "6: services.web.probes.ready.http.port: 80: must be a name in ports: http"},
                           {"probes: {live: {tcp: {port: x}}}",
                            "6: services.web.probes.live.tcp.port: x: must be a name in ports: http"},
                       });
}

TEST(ProbeSpec, needs_a_port_to_look_at) {
  expect_refusals(
      whole, {
                 {"app: a\nservices:\n  web: {image: 'b:1', probes: {live: {tcp: {}}}}\n",
                  "3: services.web.probes.live.tcp.port: missing: must be a name in ports, which has none"},
             });
}

TEST(ProbeSpec, http_has_a_path_and_statuses) {
  expect_refusals(web, {
                           {"probes: {ready: {http: {path: x}}}",
                            "6: services.web.probes.ready.http.path: x: must be a path that starts with /, "
                            "without # and blanks, at most 1024 bytes"},
                           {"probes: {ready: {http: {statuses: 99}}}",
                            "6: services.web.probes.ready.http.statuses: 99: must be a status or a range "
                            "100..599, like 200-399, or a list of them"},
                           {"probes: {ready: {http: {statuses: 399-200}}}",
                            "6: services.web.probes.ready.http.statuses: 399-200: must be a status or a "
                            "range 100..599, like 200-399, or a list of them"},
                           {"probes: {ready: {http: {statuses: []}}}",
                            "6: services.web.probes.ready.http.statuses: []: must be a status or a range "
                            "100..599, like 200-399, or a list of them"},
                           {"probes: {ready: {http: {statuses: [200, 600]}}}",
                            "6: services.web.probes.ready.http.statuses[1]: 600: must be a status or a range "
                            "100..599, like 200-399, or a list of them"},
                       });
}

TEST(ProbeSpec, exec_has_a_command) {
  expect_refusals(web, {
                           {"probes: {ready: {exec: {}}}",
                            "6: services.web.probes.ready.exec.command: missing: must be a list of strings: "
                            "the program and its arguments"},
                           {"probes: {ready: {exec: {command: ls}}}",
                            "6: services.web.probes.ready.exec.command: ls: must be a list of strings: the "
                            "program and its arguments"},
                           {"probes: {live: {exec: {command: []}}}",
                            "6: services.web.probes.live.exec.command: []: must be a list of strings: the "
                            "program and its arguments"},
                       });
}

TEST(ProbeSpec, times_and_counts_have_bounds) {
  expect_refusals(web, {
                           {"probes: {ready: {tcp: {}, interval: 9ms}}",
                            "6: services.web.probes.ready.interval: 9ms: must be 10ms..365d: a number with "
                            "ms, s, m, h or d, like 30s"},
                           {"probes: {ready: {tcp: {}, interval: 1000}}",
                            "6: services.web.probes.ready.interval: 1000: must be 10ms..365d: a number with "
                            "ms, s, m, h or d, like 30s"},
                           {"probes: {ready: {tcp: {}, timeout: 0s}}",
                            "6: services.web.probes.ready.timeout: 0s: must be 1ms..365d: a number with ms, "
                            "s, m, h or d, like 30s"},
                           {"probes: {ready: {tcp: {}, rise: 0}}",
                            "6: services.web.probes.ready.rise: 0: must be 1..1000"},
                           {"probes: {ready: {tcp: {}, fall: 1001}}",
                            "6: services.web.probes.ready.fall: 1001: must be 1..1000"},
                           {"probes: {live: {tcp: {}, start_period: -1s}}",
                            "6: services.web.probes.live.start_period: -1s: must be 0s..365d: a number with "
                            "ms, s, m, h or d, like 30s"},
                       });
}

}  // namespace
}  // namespace hancock::model
