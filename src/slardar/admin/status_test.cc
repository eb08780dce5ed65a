// GET /status for programs, field by field.
#include <gtest/gtest.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "slardar/admin/status_report.h"
#include "slardar/config/config.h"
#include "slardar/testing/status_view.h"

namespace hancock::slardar {
namespace {

using Json = nlohmann::json;
using testing::server_at;
using testing::StatusView;

Json status_of(StatusView& given) { return Json::parse(status_json(given.made())); }
Json first_server(StatusView& given) { return status_of(given)["cls:shop"][0][0]; }

TEST(StatusJson, the_process_says_what_it_is) {
  StatusView given;
  given.view.conf_hash = "abc";
  given.view.workers_wanted = 2;
  const Json status = status_of(given);
  EXPECT_EQ(status["slardar_version"], kVersion);
  EXPECT_EQ(status["start_time"], local_time(given.view.started));
  EXPECT_EQ(status["conf_hash"], "abc");
  EXPECT_EQ(status["shd_config_version"], 17);
  EXPECT_EQ(status["checkup_timer_alive"], true);
  EXPECT_EQ(status["config_timer"], (Json{{"worker-0", "alive"}, {"worker-1", "dead"}}));
  EXPECT_EQ(status["id"], "gw-1");
  EXPECT_EQ(status["ready"], true);
  EXPECT_EQ(status["draining"], false);
}

TEST(StatusJson, the_last_check_has_a_time_once_there_was_one) {
  StatusView given;
  EXPECT_TRUE(status_of(given)["last_check_time"].is_null());
  given.view.checks.last = given.view.now;
  EXPECT_EQ(status_of(given)["last_check_time"], local_time(given.view.now));
}

TEST(StatusJson, times_are_local_ones) {
  const WallTime when(std::chrono::seconds(1'700'000'000));
  const std::string text = local_time(when);
  std::tm parts{};
  ASSERT_NE(::strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &parts), nullptr) << text;
  parts.tm_isdst = -1;
  EXPECT_EQ(std::mktime(&parts), 1'700'000'000) << text;
}

TEST(StatusJson, a_server_says_what_was_configured) {
  StatusView given;
  Server& server = given.upstream.levels[0].servers[0];
  server.weight = 7;
  server.passive = {3, std::chrono::milliseconds(2'500)};
  const Json shown = first_server(given);
  EXPECT_EQ(shown["server"], "shop:10.0.0.1:80");
  EXPECT_EQ(shown["weight"], 7);
  EXPECT_EQ(shown["max_fails"], 3);
  EXPECT_EQ(shown["fail_timeout"], 2.5);
}

TEST(StatusJson, a_server_that_is_not_checked_is_unchecked_since_the_start) {
  StatusView given;
  const Json shown = first_server(given);
  EXPECT_EQ(shown["status"], "unchecked");
  EXPECT_EQ(shown["fail_num"], 0);
  EXPECT_EQ(shown["lastmodified"], local_time(given.view.started));
  EXPECT_TRUE(shown["msg"].is_null());
  EXPECT_FALSE(shown.contains("redis_version"));
  EXPECT_FALSE(shown.contains("replication"));
}

TEST(StatusJson, a_server_says_what_its_checks_came_to) {
  StatusView given;
  const Server& server = given.upstream.levels[0].servers[0];
  CheckReport& check = given.check_of(server);
  check.verdict = Verdict::kErr;
  check.fail_num = 4;
  check.modified = given.view.started + std::chrono::seconds(61);
  check.msg = "status 503";
  given.peer_of(server).last_failure = "Connection reset";
  Json shown = first_server(given);
  EXPECT_EQ(shown["status"], "err");
  EXPECT_EQ(shown["fail_num"], 4);
  EXPECT_EQ(shown["lastmodified"], local_time(check.modified));
  EXPECT_EQ(shown["msg"], "status 503");
  check.verdict = Verdict::kUnstable;
  EXPECT_EQ(first_server(given)["status"], "unstable");
  check.verdict = Verdict::kOk;
  check.msg.clear();
  shown = first_server(given);
  EXPECT_EQ(shown["status"], "ok");
  EXPECT_EQ(shown["msg"], "Connection reset") << "of requests";
}

TEST(StatusJson, a_redis_server_says_more) {
  StatusView given;
  CheckFacts& facts = given.check_of(given.upstream.levels[0].servers[0]).facts;
  facts.redis_version = "7.0.15";
  facts.replication = {{"role", "slave"}, {"master_link_status", "up"}};
  const Json shown = first_server(given);
  EXPECT_EQ(shown["redis_version"], "7.0.15");
  EXPECT_EQ(shown["replication"], (Json{{"role", "slave"}, {"master_link_status", "up"}}));
}

TEST(StatusJson, levels_are_a_list_and_named_ones_a_map) {
  StatusView given;
  given.upstream.levels = {{"", {server_at(1)}}, {"", {server_at(2), server_at(3)}}};
  Json levels = status_of(given)["cls:shop"];
  ASSERT_TRUE(levels.is_array());
  EXPECT_EQ(levels[1][1]["server"], "shop:10.0.0.1:3");
  given.upstream.levels[0].name = "main";
  given.upstream.levels[1].name = "spare";
  given.upstream.named = true;
  levels = status_of(given)["cls:shop"];
  ASSERT_TRUE(levels.is_object());
  EXPECT_EQ(levels["spare"][0]["server"], "shop:10.0.0.1:2");
}

TEST(StatusJson, who_failed_too_often_is_out_and_says_for_how_long) {
  StatusView given;
  given.upstream.levels[0].servers = {server_at(1), server_at(2)};
  for (Server& each : given.upstream.levels[0].servers) each.passive = {2, std::chrono::seconds(10)};
  EXPECT_EQ(first_server(given)["passive"],
            (Json{{"state", "fine"}, {"recent_failures", 0}, {"out_for", 0}, {"resting_in", 0}}));
  const UpstreamHealthPtr health = given.health();
  const TimePoint failed_at = given.view.moment - std::chrono::seconds(4);
  health->note_failure(*health->levels[0][0], failed_at);
  EXPECT_EQ(first_server(given)["passive"]["recent_failures"], 1);
  ASSERT_TRUE(health->note_failure(*health->levels[0][0], failed_at));
  EXPECT_EQ(first_server(given)["passive"],
            (Json{{"state", "out"}, {"recent_failures", 2}, {"out_for", 6}, {"resting_in", 0}}));
}

TEST(StatusJson, what_workers_count_is_summed) {
  StatusView given;
  const Server& server = given.upstream.levels[0].servers[0];
  for (size_t worker = 0; worker < 2; ++worker) {
    PeerStatus& peer = given.peer_of(server, worker);
    peer.in_flight = 1 + worker;
    peer.idle = 10;
    peer.tries = 100;
    peer.failures = 5;
    peer.latency = std::chrono::milliseconds(1 + 2 * worker);
  }
  const Json shown = first_server(given);
  EXPECT_EQ(shown["in_flight"], 3);
  EXPECT_EQ(shown["idle_connections"], 20);
  EXPECT_EQ(shown["tries"], 200);
  EXPECT_EQ(shown["failures"], 10);
  EXPECT_EQ(shown["latency_ms"], 2.0);
}

TEST(StatusJson, without_an_answer_there_is_no_latency) {
  StatusView given;
  given.peer_of(given.upstream.levels[0].servers[0]);
  EXPECT_TRUE(first_server(given)["latency_ms"].is_null());
}

TEST(StatusJson, one_that_stands_at_two_levels_is_counted_once) {
  StatusView given;
  given.upstream.levels = {{"", {server_at(1)}}, {"", {server_at(1)}}};
  for (int level = 0; level < 2; ++level) given.peer_of(server_at(1)).in_flight = 3;
  const Json levels = status_of(given)["cls:shop"];
  EXPECT_EQ(levels[0][0]["in_flight"], 3);
  EXPECT_EQ(levels[1][0]["in_flight"], 3);
}

TEST(StatusJson, who_rests_and_who_starts_slowly_says_so) {
  StatusView given;
  const Server& server = given.upstream.levels[0].servers[0];
  EXPECT_EQ(first_server(given)["slow_start"], 100);
  PeerStatus& peer = given.peer_of(server, 1);
  peer.rests = true;
  peer.share_percent = 40;
  const Json shown = first_server(given);
  EXPECT_EQ(shown["passive"]["state"], "resting");
  EXPECT_EQ(shown["passive"]["resting_in"], 1);
  EXPECT_EQ(shown["slow_start"], 40);
}

TEST(StatusJson, who_is_drained_stands_behind_the_others_with_what_he_has_in_flight) {
  StatusView given;
  given.upstream.draining = {server_at(81, "t2")};
  PeerStatus& peer = given.view.workers[0].leaving.emplace_back();
  peer.name = "10.0.0.1:81";
  peer.task = "t2";
  peer.in_flight = 5;
  const Json level = status_of(given)["cls:shop"][0];
  EXPECT_EQ(level[0]["drain"], false);
  EXPECT_EQ(level[1]["drain"], true);
  EXPECT_EQ(level[1]["task"], "t2");
  EXPECT_EQ(level[1]["in_flight"], 5);
}

TEST(StatusJson, an_upstream_with_nobody_has_one_level) {
  StatusView given;
  given.upstream.levels.clear();
  EXPECT_EQ(status_of(given)["cls:shop"], Json::parse("[[]]"));
}

TEST(StatusJson, the_registry_and_how_far_it_was_read) {
  StatusView given;
  given.view.revision = 99;
  given.view.lag_seconds = 1.5;
  given.view.in_touch = false;
  given.view.from_disk = true;
  given.view.last_error = "unreachable";
  given.view.applied = {2, store::Revision(98)};
  EXPECT_EQ(status_of(given)["registry"], (Json{{"in_touch", false},
                                                {"revision", 99},
                                                {"lag_seconds", 1.5},
                                                {"applied", {{"epoch", 2}, {"revision", 98}}},
                                                {"from_disk", true},
                                                {"last_error", "unreachable"}}));
}

TEST(StatusJson, what_is_not_served_and_what_cannot_be_found) {
  StatusView given;
  given.snapshot.refused["/hancock/upstreams/x"] = "decode body error";
  given.upstream.unresolved = {{"db.test", 80, "no such name"}};
  const Json status = status_of(given);
  EXPECT_EQ(status["refused"], (Json{{"/hancock/upstreams/x", "decode body error"}}));
  EXPECT_EQ(status["unresolved"], (Json{{{"server", "shop:db.test:80"}, {"msg", "no such name"}}}));
}

TEST(StatusJson, the_gateway_that_drains_says_so) {
  StatusView given;
  given.view.draining = true;
  given.view.ready = false;
  const Json status = status_of(given);
  EXPECT_EQ(status["draining"], true);
  EXPECT_EQ(status["ready"], false);
}

}  // namespace
}  // namespace hancock::slardar
