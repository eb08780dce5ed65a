// What is said about wrong resources, placement, updates, restarts and disconnects, to the letter.
#include <gtest/gtest.h>

#include "model/spec_testing.h"

namespace hancock::model {
namespace {

TEST(ResourcesSpec, have_units_and_bounds) {
  expect_refusals(
      web, {
               {"resources: {cpu: 0}",
                "6: services.web.resources.cpu: 0: must be 1m..1000: cores with at most three decimals, or "
                "thousandths with m, like 250m"},
               {"resources: {cpu: 1.2345}",
                "6: services.web.resources.cpu: 1.2345: must be 1m..1000: cores with at most three decimals, "
                "or thousandths with m, like 250m"},
               {"resources: {cpu: 100M}",
                "6: services.web.resources.cpu: 100M: must be 1m..1000: cores with at most three decimals, "
                "or thousandths with m, like 250m"},
               {"resources: {cpu: 1001}",
                "6: services.web.resources.cpu: 1001: must be 1m..1000: cores with at most three decimals, "
                "or thousandths with m, like 250m"},
               {"resources: {cpu_limit: 5m}",
                "6: services.web.resources.cpu_limit: 5m: must be 10m..1000: cores with at most three "
                "decimals, or thousandths with m, like 250m"},
               {"resources: {memory: 1Mi}",
                "6: services.web.resources.memory: 1Mi: must be 4Mi..64Ti: bytes, or a number with Ki, Mi, "
                "Gi, Ti, K, M, G or T, like 128Mi"},
               {"resources: {memory: 128MB}",
                "6: services.web.resources.memory: 128MB: must be 4Mi..64Ti: bytes, or a number with Ki, Mi, "
                "Gi, Ti, K, M, G or T, like 128Mi"},
               {"resources: {memory: 128mi}",
                "6: services.web.resources.memory: 128mi: must be 4Mi..64Ti: bytes, or a number with Ki, Mi, "
                "Gi, Ti, K, M, G or T, like 128Mi"},
               {"resources: {memory: lots}",
                "6: services.web.resources.memory: lots: must be 4Mi..64Ti: bytes, or a number with Ki, Mi, "
                "Gi, Ti, K, M, G or T, like 128Mi"},
               {"resources: {pids: 1}", "6: services.web.resources.pids: 1: must be 8..4194304"},
               {"resources: {gpus: 1}", "6: services.web.resources.gpus: unknown key, did you mean cpu?"},
           });
}

TEST(ResourcesSpec, what_is_not_built_is_refused) {
  expect_refusals(
      web,
      {
          {"resources: {disk: 1Gi}", "6: services.web.resources.disk: not supported yet"},
          {"resources: {files: 65536}", "6: services.web.resources.files: not supported yet"},
          {"resources: {bandwidth_in: 20Mbit}", "6: services.web.resources.bandwidth_in: not supported yet"},
          {"resources: {bandwidth_out: 1Gbit}", "6: services.web.resources.bandwidth_out: not supported yet"},
      });
}

TEST(PlacementSpec, names_sites_labels_and_a_spread) {
  expect_refusals(
      web,
      {
          {"placement: {sites: site-1}",
           "6: services.web.placement.sites: site-1: must be a list of sites, like [site-1]"},
          {"placement: {sites: [Site]}",
           "6: services.web.placement.sites[0]: Site: must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?"},
          {"placement: {labels: [a]}",
           "6: services.web.placement.labels: […]: must be a map of at most 100 labels, like {disk: ssd}"},
          {"placement: {labels: {disk: []}}",
           "6: services.web.placement.labels.disk: []: must be a value or a list of values"},
          {"placement: {labels: {disk: {a: b}}}",
           "6: services.web.placement.labels.disk: {…}: must be text of at most 63 bytes"},
          {"placement: {labels: {'': x}}",
           R"(6: services.web.placement.labels."": key must be 1 to 63 letters, digits, -, _, . and /, a letter or digit first)"},
          {"placement: {labels: {disk: }}",
           "6: services.web.placement.labels.disk: null: must be text of at most 63 bytes"},
          {"placement: {spread: rack}", "6: services.web.placement.spread: rack: must be node or site"},
          {"placement: {max_per_node: 0}", "6: services.web.placement.max_per_node: 0: must be 1..10000"},
      });
}

TEST(UpdateSpec, times_signal_and_count) {
  expect_refusals(
      web,
      {
          {"update: {min_healthy_time: 5}",
           "6: services.web.update.min_healthy_time: 5: must be 0s..365d: a number with ms, s, m, h or "
           "d, like 30s"},
          {"update: {min_healthy_time: 3m}",
           "6: services.web.update.min_healthy_time: 3m: must be less than healthy_deadline, 2m"},
          {"update: {healthy_deadline: 5s}",
           "6: services.web.update.healthy_deadline: 5s: must be more than min_healthy_time, 5s"},
          {"update: {kill_signal: TERM}",
           "6: services.web.update.kill_signal: TERM: must be one of SIGTERM, SIGINT, SIGQUIT, SIGHUP, "
           "SIGUSR1, SIGUSR2, SIGWINCH, SIGKILL"},
          {"update: {kill_timeout: -1s}",
           "6: services.web.update.kill_timeout: -1s: must be 0s..365d: a number with ms, s, m, h or d, "
           "like 30s"},
          {"update: {keep_versions: 0}", "6: services.web.update.keep_versions: 0: must be 1..1000"},
          {"update: {drain_timout: 5s}",
           "6: services.web.update.drain_timout: unknown key, did you mean drain_timeout?"},
          {"update: {strategy: yolo}",
           "6: services.web.update.strategy: yolo: must be one of blue-green, rolling, canary, recreate"},
      });
}

TEST(UpdateSpec, strategies_have_keys_of_their_own) {
  expect_refusals(
      web, {
               {"update: {max_parallel: 2}",
                "6: services.web.update.max_parallel: 2: must be left out: it is of strategy rolling"},
               {"update: {strategy: rolling, canary: 1}",
                "6: services.web.update.canary: 1: must be left out: it is of strategy canary"},
               {"update: {strategy: rolling, auto_promote: true}",
                "6: services.web.update.auto_promote: true: must be left out: it is of strategy canary"},
               {"update: {strategy: rolling, max_surge: 0}",
                "6: services.web.update.max_surge: 0: must be 1..10000"},
               {"update: {strategy: canary, weights: 10}",
                "6: services.web.update.weights: 10: must be a list of percentages of the visitors, like "
                "[10, 50]"},
               {"update: {strategy: canary, weights: [100]}",
                "6: services.web.update.weights[0]: 100: must be 1..99"},
               {"update: {strategy: canary, weights: [10, 50], step: 30m}",
                "6: services.web.update.step: 30m: must be 2 steps of 30m within the deadline of 1h"},
           });
  EXPECT_TRUE(
      load(web("update: {strategy: canary, canary: 2, weights: [10, 50], step: 1m, auto_promote: true, "
               "auto_rollback: false}"))
          .services()
          .at("web")
          .update()
          .auto_promote());
}

TEST(UpdateSpec, pre_stop_is_a_command) {
  const auto app = load(web("update: {pre_stop: {exec: {command: [/bye, --now]}}}"));
  const auto& command = app.services().at("web").update().pre_stop().exec().command();
  EXPECT_THAT(command, testing::ElementsAre("/bye", "--now"));
  const std::string rule = "a list of strings: the program and its arguments";
  expect_refusals(
      web, {
               {"update: {pre_stop: /bye}",
                "6: services.web.update.pre_stop: /bye: must be a map of keys and values"},
               {"update: {pre_stop: {}}", "6: services.web.update.pre_stop: {}: must be a map with exec"},
               {"update: {pre_stop: {exec: {}}}",
                "6: services.web.update.pre_stop.exec.command: missing: must be " + rule},
               {"update: {pre_stop: {exec: {command: []}}}",
                "6: services.web.update.pre_stop.exec.command: []: must be " + rule},
               {"update: {pre_stop: {http: {path: /}}}",
                "6: services.web.update.pre_stop.http: unknown key, must be one of the keys exec\n"
                "6: services.web.update.pre_stop: {…}: must be a map with exec"},
               {"update: {kill_timeout: 0s, pre_stop: {exec: {command: [/bye]}}}",
                "6: services.web.update.kill_timeout: 0s: must be more than 0s: pre_stop has as long"},
           });
}

TEST(UpdateSpec, evidence_has_bounds) {
  const auto app =
      load(web("update: {strategy: canary, evidence: {max_5xx_percent: 0.5, max_p99_ratio: 2}}"));
  const auto& evidence = app.services().at("web").update().evidence();
  EXPECT_EQ(evidence.max_5xx_percent(), 0.5);
  EXPECT_EQ(evidence.max_p99_ratio(), 2);
  EXPECT_FALSE(evidence.has_min_requests());
  expect_refusals(
      web,
      {
          {"update: {strategy: rolling, evidence: {max_5xx_percent: 101}}",
           "6: services.web.update.evidence.max_5xx_percent: 101: must be 0..100, like 0.5"},
          {"update: {strategy: rolling, evidence: {max_5xx_percent: 1e1}}",
           "6: services.web.update.evidence.max_5xx_percent: 1e1: must be 0..100, like 0.5"},
          {"update: {strategy: rolling, evidence: {max_p99_ratio: 0.5}}",
           "6: services.web.update.evidence.max_p99_ratio: 0.5: must be 1..1000, like 1.5"},
          {"update: {strategy: rolling, evidence: {min_requests: 0}}",
           "6: services.web.update.evidence.min_requests: 0: must be 1..1000000"},
          {"update: {evidence: {min_requests: 10}}",
           "6: services.web.update.evidence: {…}: must be left out: it is of strategy rolling or canary"},
      });
}

TEST(RestartSpec, policy_and_bounds) {
  expect_refusals(
      web,
      {
          {"restart: {policy: sometimes}",
           "6: services.web.restart.policy: sometimes: must be one of always, on-failure, never"},
          {"restart: {backoff: 2m}", "6: services.web.restart.backoff: 2m: must be at most max_backoff, 1m"},
          {"restart: {max_backoff: 500ms}",
           "6: services.web.restart.max_backoff: 500ms: must be at least backoff, 1s"},
          {"restart: {attempts: 0}", "6: services.web.restart.attempts: 0: must be 1..1000"},
          {"restart: {within: 0s}",
           "6: services.web.restart.within: 0s: must be 1ms..365d: a number with ms, s, m, h or d, like 30s"},
      });
}

TEST(DisconnectSpec, lost_after_and_what_is_not_built) {
  expect_refusals(
      web,
      {
          {"disconnect: {lost_after: 0s}",
           "6: services.web.disconnect.lost_after: 0s: must be 1s..365d: a number with ms, s, m, h or d, "
           "like 30s"},
          {"disconnect: {lost_after: 10}",
           "6: services.web.disconnect.lost_after: 10: must be 1s..365d: a number with ms, s, m, h or d, "
           "like 30s"},
          {"disconnect: {reconcile: keep_both}",
           "6: services.web.disconnect.reconcile: keep_both: must be keep_original or keep_replacement"},
      });
}

}  // namespace
}  // namespace hancock::model
