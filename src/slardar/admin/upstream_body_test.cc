#include "slardar/admin/upstream_body.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

constexpr std::string_view kOne = R"({"servers":[{"host":"127.0.0.1","port":80}]})";

std::string put(const std::optional<std::string>& present, std::string_view body) {
  const auto text = put_upstream(present, body);
  return text ? *text : "refused: " + said_of(text.error());
}

TEST(UpstreamBody, a_list_of_servers_is_one_level) {
  EXPECT_EQ(put(std::nullopt, kOne), R"({"cluster":[{"servers":[{"host":"127.0.0.1","port":80}]}]})");
}

TEST(UpstreamBody, options_that_a_list_of_servers_does_not_name_stay) {
  const std::string present =
      R"({"servers":[{"host":"127.0.0.2","port":1}],"protocol":"http2","tls":{"verify":false}})";
  EXPECT_EQ(
      put(present, kOne),
      R"({"cluster":[{"servers":[{"host":"127.0.0.1","port":80}]}],"protocol":"http2","tls":{"verify":false}})");
  EXPECT_EQ(
      put(present, R"({"servers":[{"host":"127.0.0.1","port":80}],"protocol":"http1"})"),
      R"({"cluster":[{"servers":[{"host":"127.0.0.1","port":80}]}],"protocol":"http1","tls":{"verify":false}})");
}

TEST(UpstreamBody, a_cluster_replaces_everything) {
  const std::string body = R"({"cluster":[{"servers":[{"host":"127.0.0.1","port":80}]}]})";
  EXPECT_EQ(put(R"({"servers":[{"host":"127.0.0.2","port":1}],"protocol":"http2"})", body), body);
}

TEST(UpstreamBody, a_record_that_makes_no_sense_has_no_options) {
  EXPECT_EQ(put("{nonsense", kOne), put(std::nullopt, kOne));
}

TEST(UpstreamBody, an_option_that_stays_and_is_wrong_is_named) {
  EXPECT_EQ(put(R"({"servers":[],"protocol":"smoke"})", kOne),
            "refused: protocol: http1, http2 or grpc is allowed");
}

TEST(UpstreamBody, callers_of_old_know_the_words) {
  EXPECT_EQ(put(std::nullopt, ""), "refused: decode body error");
  EXPECT_EQ(put(std::nullopt, "{\"servers\":"), "refused: decode body error");
  for (const std::string body :
       {"[]", "{}", "7", R"({"servers":5})", R"({"cluster":5})", R"({"servers":null})"})
    EXPECT_EQ(put(std::nullopt, body), "refused: body invalid") << body;
  for (const std::string body : {R"({"servers":[]})", R"({"servers":{}})", R"({"cluster":[{"servers":[]}]})",
                                 R"({"cluster":{"a":{"servers":5}}})"})
    EXPECT_EQ(put(std::nullopt, body), "refused: servers invalid") << body;
  for (const std::string body : {R"({"cluster":[]})", R"({"cluster":{}})"})
    EXPECT_EQ(put(std::nullopt, body), "refused: can not set empty upstream") << body;
  for (const std::string body : {R"({"cluster":[{}]})", R"({"cluster":[5]})", R"({"cluster":{"a":[]}})"})
    EXPECT_EQ(put(std::nullopt, body), "refused: can not update empty level") << body;
  EXPECT_EQ(put(std::nullopt, R"({"servers":[{"host":"a","port":1}],"cluster":5})"),
            "refused: cluster invalid");
  EXPECT_EQ(put(std::nullopt, R"({"servers":[5]})"), "refused: server must be a table");
  EXPECT_EQ(put(std::nullopt, R"({"servers":[{}]})"), "refused: no server.host nor server.port found");
}

TEST(UpstreamBody, what_they_did_not_look_at_is_named_with_its_value) {
  EXPECT_EQ(put(std::nullopt, R"({"servers":[{"host":"127.0.0.1","port":70000}]})"),
            "refused: servers[0].port: 70000: a whole number from 1 to 65535 is allowed");
  EXPECT_EQ(put(std::nullopt, R"({"servers":[{"host":"127.0.0.1","port":1,"port":2}]})"),
            "refused: port: stands there twice");
}

TEST(UpstreamBody, a_text_of_very_many_brackets_is_refused) {
  EXPECT_TRUE(put(std::nullopt, "{\"servers\":" + std::string(200'000, '[')).starts_with("refused: "));
  EXPECT_TRUE(put(std::nullopt, "{\"servers\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}")
                  .starts_with("refused: "));
}

// The control thread reads it, and workers wait for that.
TEST(UpstreamBody, very_many_members_and_servers_take_no_longer_than_a_moment) {
  std::string members = R"({"servers":[])";
  for (int i = 0; i < 100'000; ++i) members += ",\"" + std::to_string(i) + "\":0";
  EXPECT_TRUE(put(std::nullopt, members + "}").starts_with("refused: "));
  std::string servers = R"({"servers":[{"host":"127.0.0.1","port":1})";
  for (int i = 2; i < 10'000; ++i) servers += R"(,{"host":"127.0.0.1","port":)" + std::to_string(i) + "}";
  EXPECT_FALSE(put(std::nullopt, servers + "]}").starts_with("refused: "));
}

TEST(UpstreamBody, is_shown_as_a_cluster) {
  EXPECT_EQ(shown_upstream(R"({"tls":{},"servers":[{"host":"a","port":1}]})"),
            R"({"cluster":[{"servers":[{"host":"a","port":1}]}],"tls":{}})");
  EXPECT_EQ(shown_upstream("nonsense"), "{}");
}

}  // namespace
}  // namespace hancock::slardar
