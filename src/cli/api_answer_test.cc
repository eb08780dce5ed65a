#include <gtest/gtest.h>

#include "cli/api.h"
#include "cli/deploy_answer.h"
#include "cli/log_line.h"

namespace hancock::cli {
namespace {

TEST(Refusal, shows_every_mistake_with_file_line_field_value_and_what_is_allowed) {
  const Error error = refusal(400,
                              R"({"errors":[
      {"code":"invalid","message":"must be a port","field":"services.web.ports[0].port","value":"0","allowed":"1..65535","line":7},
      {"code":"unsupported","message":"services.web.health: not supported yet","field":"services.web.health","line":9}]})",
                              "shop.yaml");
  EXPECT_EQ(error.message,
            "shop.yaml:7: services.web.ports[0].port: 0: must be a port (allowed: 1..65535)\n"
            "shop.yaml:9: services.web.health: not supported yet");
  EXPECT_EQ(exit_code_of(error.code), ExitCode::kRefused);
}

TEST(Refusal, gives_each_code_of_the_api_its_exit_code) {
  struct Row {
    int status;
    const char* code;
    ExitCode exit;
  };
  const Row rows[] = {
      {400, "invalid", ExitCode::kRefused},     {400, "unsupported", ExitCode::kRefused},
      {401, "unauthorized", ExitCode::kDenied}, {403, "denied", ExitCode::kDenied},
      {404, "not_found", ExitCode::kFailed},    {405, "method_not_allowed", ExitCode::kFailed},
      {408, "timeout", ExitCode::kTimeout},     {409, "conflict", ExitCode::kRefused},
      {410, "gone", ExitCode::kFailed},         {413, "too_large", ExitCode::kRefused},
      {429, "too_many", ExitCode::kFailed},     {500, "internal", ExitCode::kFailed},
      {501, "unsupported", ExitCode::kRefused}, {502, "internal", ExitCode::kFailed},
      {503, "no_leader", ExitCode::kNoMaster},  {503, "no_store", ExitCode::kNoMaster},
      {503, "node_silent", ExitCode::kFailed},  {504, "timeout", ExitCode::kTimeout},
  };
  for (const auto& [status, code, exit] : rows) {
    const std::string body = fmt::format(R"({{"errors":[{{"code":"{}","message":"why"}}]}})", code);
    const Error error = refusal(status, body, "");
    EXPECT_EQ(exit_code_of(error.code), exit) << status << " " << code;
    EXPECT_EQ(error.message, "why");
  }
}

TEST(Refusal, of_no_known_form_goes_by_its_status) {
  EXPECT_EQ(refusal(502, "<html>", "").message, "the Master answered 502");
  EXPECT_EQ(exit_code_of(refusal(503, "", "").code), ExitCode::kNoMaster);
  EXPECT_EQ(exit_code_of(refusal(503, R"({"errors":[3]})", "").code), ExitCode::kFailed);
}

TEST(DeployAnswer, tells_versions_deployments_and_removed_services) {
  const auto answer = parse_deploy_answer(
      R"({"index":7,"services":{"web":{"version":3,"deployment":"d1"},"db":{"version":1,"deployment":null},"old":{"removed":true}}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->index, 7);
  EXPECT_EQ(answer->services.at("web").deployment, "d1");
  EXPECT_EQ(answer->services.at("web").version, 3U);
  EXPECT_EQ(answer->services.at("db").deployment, "");
  EXPECT_TRUE(answer->services.at("old").removed);
  EXPECT_FALSE(parse_deploy_answer("[]"));
}

TEST(Items, come_out_of_a_list_and_of_nothing_else) {
  EXPECT_EQ(items_of(R"({"items":[{"a":1},{}],"index":3})")->size(), 2U);
  for (const char* bad : {"", "[]", "{}", R"({"items":{}})", "{\"items\":["})
    EXPECT_FALSE(items_of(bad)) << bad;
}

TEST(Parameters, are_percent_encoded_and_left_out_when_empty) {
  EXPECT_EQ(with_parameter("/v1/x", "app", ""), "/v1/x");
  EXPECT_EQ(with_parameter(with_parameter("/v1/x", "a", "b c"), "k", "1&2"), "/v1/x?a=b%20c&k=1%262");
}

TEST(LogLine, says_what_the_master_could_not_do) {
  EXPECT_EQ(parse_log_line(R"({"time":"t","stream":"stderr","line":"x"})")->stream, "stderr");
  EXPECT_EQ(parse_log_line(R"({"error":"the Node is silent"})").error().message, "the Node is silent");
  EXPECT_FALSE(parse_log_line("nothing"));
}

}  // namespace
}  // namespace hancock::cli
