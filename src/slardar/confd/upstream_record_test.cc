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
  EXPECT_EQ(plain->servers[0].address.to_string(), "10.0.0.1:80");
  EXPECT_EQ(plain->servers[0].weight, 1U);
  EXPECT_EQ(plain->servers[1].weight, 5U);
  EXPECT_EQ(decode_upstream(encode_upstream(*plain)), *plain);
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
  EXPECT_EQ(refusal_of(servers + R"({"verify":"maybe"}})"), "tls.verify: true or false is allowed");
  EXPECT_EQ(refusal_of(servers + R"({"ca":""}})"), "tls.ca: a string is needed");
  EXPECT_EQ(refusal_of(servers + R"({"verify":false,"ca":"/ca.pem"}})"), "tls.ca: of no use without verify");
  EXPECT_EQ(refusal_of(servers + R"({"cert":"/a"}})"), "tls.cert: no such option");
}

TEST(UpstreamRecord, wrong_ones_are_refused_with_field_and_reason) {
  EXPECT_EQ(refusal_of("nonsense"), ": decode body error");
  EXPECT_EQ(refusal_of("[]"), ": body invalid");
  EXPECT_EQ(refusal_of("{}"), "servers: servers invalid");
  EXPECT_EQ(refusal_of(R"({"servers":[]})"), "servers: can not set empty upstream");
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

TEST(UpstreamRecord, what_comes_later_is_not_supported_yet) {
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80}],"try":2})"), "try: not supported yet");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"10.0.0.1","port":80,"max_fails":1}]})"),
            "servers[0].max_fails: not supported yet");
  EXPECT_EQ(refusal_of(R"({"servers":[{"host":"db.test","port":80}]})"),
            "servers[0].host: db.test: not an IP address; host names are not supported yet");
  EXPECT_EQ(refusal_of(R"({"cluster":{"a":{"servers":[]}}})"), "cluster: named levels are not supported yet");
  EXPECT_EQ(refusal_of(R"({"cluster":[{"servers":[]},{"servers":[]}]})"),
            "cluster: more than one level is not supported yet");
}

TEST(UpstreamRecord, names) {
  for (const auto* good : {"a", "A-b_c.d", "127.0.0.1"}) EXPECT_TRUE(is_upstream_name(good)) << good;
  for (const auto* bad : {"", "a/b", "a b", "a@1", "ä"}) EXPECT_FALSE(is_upstream_name(bad)) << bad;
}

}  // namespace
}  // namespace hancock::slardar
