#include "slardar/confd/upstream_record.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

std::string refusal_of(std::string_view text) {
  const auto record = decode_upstream(text);
  if (record) return "accepted";
  return record.error().field + ": " + record.error().message;
}

TEST(UpstreamRecord, one_level_in_either_form) {
  const auto plain =
      decode_upstream(R"({"servers":[{"host":"10.0.0.1","port":80},{"host":"::1","port":81,"weight":5}]})");
  ASSERT_TRUE(plain);
  ASSERT_EQ(plain->levels.size(), 1U);
  EXPECT_EQ(plain->levels[0].servers[0], (UpstreamRecord::Server{"10.0.0.1", 80}));
  EXPECT_EQ(plain->levels[0].servers[1], (UpstreamRecord::Server{"::1", 81, 5}));
  EXPECT_EQ(plain->mode, "rr");
  EXPECT_EQ(plain->check, CheckOptions());
  EXPECT_FALSE(plain->tries);
  EXPECT_EQ(decode_upstream(encode_upstream(*plain)), *plain);
}

TEST(UpstreamRecord, levels_stand_in_order_and_named_ones_by_name) {
  const auto levels = decode_upstream(
      R"({"cluster":[{"servers":[{"host":"10.0.0.2","port":80}]},{"servers":[{"host":"10.0.0.1","port":80}]}]})");
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->levels[1].servers[0].host, "10.0.0.1");
  EXPECT_EQ(levels->servers(), 2U);
  EXPECT_EQ(decode_upstream(encode_upstream(*levels)), *levels);
  const auto named = decode_upstream(
      R"({"cluster":{"b":{"servers":[{"host":"10.0.0.1","port":80}]},"a":{"servers":[{"host":"10.0.0.1","port":80}]}}})");
  ASSERT_TRUE(named && named->named);
  EXPECT_EQ(named->levels[0].name, "a");
  EXPECT_EQ(named->levels[1].name, "b");
  EXPECT_EQ(decode_upstream(encode_upstream(*named)), *named);
}

TEST(UpstreamRecord, takes_every_option) {
  const auto record = decode_upstream(
      R"({"servers":[{"host":"10.0.0.1","port":80,"max_fails":3,"fail_timeout":0.5}],)"
      R"("enable":false,"typ":"http","timeout":1.5,"interval":2,"sensibility":3,"rise":2,"protected":false,)"
      R"("mode":"ip_hash","try":2,"try_timeout":0.25,"name":"db","user":"u","pass":"p",)"
      R"("http_opts":{"query":"GET / HTTP/1.0\r\n\r\n","statuses":{"502":false,"200":true}}})");
  ASSERT_TRUE(record) << record.error().field << record.error().message;
  const UpstreamRecord::Server& server = record->levels[0].servers[0];
  EXPECT_EQ(server.max_fails, 3U);
  EXPECT_EQ(server.fail_timeout, std::chrono::milliseconds(500));
  CheckOptions check;
  check.enable = false;
  check.kind = "http";
  check.timeout = std::chrono::milliseconds(1'500);
  check.interval = std::chrono::milliseconds(2'000);
  check.fall = 3;
  check.rise = 2;
  check.protect = false;
  check.query = "GET / HTTP/1.0\r\n\r\n";
  check.statuses = {{502, false}, {200, true}};
  check.name = "db";
  check.user = "u";
  check.password = "p";
  EXPECT_EQ(record->check, check);
  EXPECT_EQ(record->mode, "ip_hash");
  EXPECT_EQ(record->tries, 2U);
  EXPECT_EQ(record->try_timeout, std::chrono::milliseconds(250));
  EXPECT_EQ(decode_upstream(encode_upstream(*record)), *record);
}

TEST(UpstreamRecord, a_wrong_option_is_refused_with_its_value) {
  const auto with = [](const std::string& option) {
    return refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80}],)" + option + "}");
  };
  EXPECT_EQ(with(R"("enable":1)"), "enable: 1: true or false is allowed");
  EXPECT_EQ(with(R"("typ":"ftp")"), "typ: ftp: no such check");
  EXPECT_EQ(with(R"("timeout":0)"), "timeout: 0: a number of seconds from 0.001 to 86400 is allowed");
  EXPECT_EQ(with(R"("interval":-1)"), "interval: -1: a number of seconds from 0.001 to 86400 is allowed");
  EXPECT_EQ(with(R"("timeout":"5")"), "timeout: \"5\": a number of seconds from 0.001 to 86400 is allowed");
  EXPECT_EQ(with(R"("sensibility":0)"), "sensibility: 0: a whole number from 1 to 1000 is allowed");
  EXPECT_EQ(with(R"("mode":"best")"), "mode: best: no such balancer");
  EXPECT_EQ(with(R"("try":0)"), "try: 0: a whole number from 1 to 1000 is allowed");
  EXPECT_EQ(with(R"("try_timeout":-0.1)"),
            "try_timeout: -0.1: a number of seconds from 0 to 86400 is allowed");
  EXPECT_EQ(with(R"("http_opts":[])"), "http_opts: a map is needed");
  EXPECT_EQ(with(R"("http_opts":{"bogus":1})"), "http_opts.bogus: no such option");
  EXPECT_EQ(with(R"("http_opts":{"statuses":{"5xx":false}})"),
            "http_opts.statuses.5xx: a status code from 100 to 599 is needed as the name");
  EXPECT_EQ(with(R"("http_opts":{"statuses":{"502":0}})"),
            "http_opts.statuses.502: 0: true or false is allowed");
  EXPECT_EQ(with(R"("user":7)"), "user: 7: a string is needed");
}

TEST(UpstreamRecord, servers_may_be_spoken_to_by_tls) {
  const std::string servers = R"({"servers":[{"host":"10.0.0.1","port":443}],"tls":)";
  const auto plain = decode_upstream(servers + "{}}");
  ASSERT_TRUE(plain && plain->tls);
  EXPECT_TRUE(plain->tls->verify);
  const auto full = decode_upstream(servers + R"({"verify":true,"ca":"/ca.pem","server_name":"api.test"}})");
  ASSERT_TRUE(full && full->tls);
  EXPECT_EQ(full->tls->ca, "/ca.pem");
  EXPECT_EQ(full->tls->server_name, "api.test");
  EXPECT_EQ(decode_upstream(encode_upstream(*full)), *full);
  EXPECT_EQ(refusal_of(servers + "7}"), "tls: a map is needed");
  EXPECT_EQ(refusal_of(servers + R"({"verify":"maybe"}})"),
            "tls.verify: \"maybe\": true or false is allowed");
  EXPECT_EQ(refusal_of(servers + R"({"ca":""}})"), "tls.ca: a string is needed");
  EXPECT_EQ(refusal_of(servers + R"({"verify":false,"ca":"/ca.pem"}})"), "tls.ca: of no use without verify");
  EXPECT_EQ(refusal_of(servers + R"({"cert":"/a"}})"), "tls.cert: no such option");
}

TEST(UpstreamRecord, wrong_ones_are_refused_with_field_and_reason) {
  EXPECT_EQ(refusal_of("nonsense"), ": decode body error");
  EXPECT_EQ(refusal_of("[]"), ": body invalid");
  EXPECT_EQ(refusal_of("{}"), "servers: servers invalid");
  EXPECT_EQ(refusal_of(R"({"servers":[]})"), "servers: servers invalid");
  EXPECT_EQ(refusal_of(R"({"servers":[7]})"), "servers[0]: server must be a table");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1"}]})"),
            "servers[0]: no server.host nor server.port found");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":0}]})"),
            "servers[0].port: 0: a whole number from 1 to 65535 is allowed");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":"80"}]})"),
            "servers[0].port: \"80\": a whole number from 1 to 65535 is allowed");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80,"weight":-1}]})"),
            "servers[0].weight: -1: a whole number from 0 to 65535 is allowed");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80},{"host":"10.0.0.1","port":80}]})"),
            "servers[1]: 10.0.0.1:80: stands there twice");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80}],"bogus":1})"), "bogus: no such option");
}

TEST(UpstreamRecord, a_wrong_level_is_refused) {
  EXPECT_EQ(refusal_of(R"({"cluster":[]})"), "cluster: can not set empty upstream");
  EXPECT_EQ(refusal_of(R"({"cluster":7})"), "cluster: cluster invalid");
  EXPECT_EQ(refusal_of(R"({"cluster":{}})"), "cluster: can not set empty upstream");
  EXPECT_EQ(refusal_of(R"({"cluster":[7]})"), "cluster[0]: can not update empty level");
  EXPECT_EQ(refusal_of(R"({"cluster":[{}]})"), "cluster[0]: can not update empty level");
  EXPECT_EQ(refusal_of(R"({"cluster":[{"server":1}]})"), "cluster[0]: servers invalid");
  EXPECT_EQ(refusal_of(R"({"cluster":[{"servers":[{"host":"10.0.0.1","port":80}]},{"servers":[]}]})"),
            "cluster[1].servers: servers invalid");
  EXPECT_EQ(refusal_of(R"({"cluster":{"a":{"servers":[],"x":1}}})"), "cluster.a.x: no such option");
  EXPECT_EQ(refusal_of(R"({"cluster":{"a b":{"servers":[]}}})"),
            "cluster: a level's name has 1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.'");
  EXPECT_EQ(refusal_of(R"({"servers":[],"cluster":[]})"), "servers: servers or cluster, not both");
}

TEST(UpstreamRecord, a_wrong_server_is_refused) {
  const auto with = [](const std::string& member) {
    return refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80,)" + member + "}]}");
  };
  EXPECT_EQ(with(R"("max_fails":-1)"), "servers[0].max_fails: -1: a whole number from 0 to 10000 is allowed");
  EXPECT_EQ(with(R"("fail_timeout":"1")"),
            "servers[0].fail_timeout: \"1\": a number of seconds from 0 to 86400 is allowed");
  EXPECT_EQ(with(R"("wieght":1)"), "servers[0].wieght: no such option");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"::1","port":80},{"host":"0:0::1","port":80}]})"),
            "servers[1]: ::1:80: stands there twice");
  for (const std::string host : {"10.0.0.256", "10.0.0", "", "a..b", "-a", "a b", "a/b", "[::1]"}) {
    EXPECT_EQ(refusal_of(R"({"servers":[{"port":80,"host":")" + host + "\"}]}"),
              "servers[0].host: " + host + ": an IP address or a host name is needed");
  }
}

TEST(UpstreamRecord, a_server_may_be_called_by_a_name) {
  const auto named =
      decode_upstream(R"({"servers":[{"host":"DB-1.test","port":80},{"host":"10.0.0.1","port":80}]})");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->levels[0].servers[0].host, "db-1.test");
  EXPECT_TRUE(named->levels[0].servers[0].is_name);
  EXPECT_FALSE(named->levels[0].servers[1].is_name);
  EXPECT_EQ(decode_upstream(encode_upstream(*named)), *named);
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"a.test","port":80},{"host":"A.test","port":80}]})"),
            "servers[1]: a.test:80: stands there twice");
}

TEST(UpstreamRecord, names) {
  for (const auto* good : {"a", "A-b_c.d", "127.0.0.1"}) EXPECT_TRUE(is_upstream_name(good)) << good;
  for (const auto* bad : {"", "a/b", "a b", "a@1", "ä"}) EXPECT_FALSE(is_upstream_name(bad)) << bad;
}

}  // namespace
}  // namespace hancock::slardar
