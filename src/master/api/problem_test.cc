#include "master/api/problem.h"

#include <gtest/gtest.h>

namespace hancock::master::api {
namespace {

TEST(Problem, WritesEveryMemberOfEveryMistake) {
  Problem problem(
      400, Mistake("invalid", "port is out of range", "services.web.ports[0].port", "0", "1..65535", 7));
  problem.mistakes.emplace_back("unsupported", "not supported yet");
  EXPECT_EQ(
      to_json(problem),
      R"({"errors":[{"code":"invalid","message":"port is out of range","field":"services.web.ports[0].port",)"
      R"("value":"0","allowed":"1..65535","line":7},{"code":"unsupported","message":"not supported yet",)"
      R"("field":"","value":"","allowed":"","line":0}]})"
      "\n");
}

TEST(Problem, NamesTheOldestThatIsKept) {
  Problem problem(410, Mistake("gone", "no longer kept"));
  problem.oldest = "1-77";
  EXPECT_TRUE(to_json(problem).ends_with("],\"oldest\":\"1-77\"}\n")) << to_json(problem);
}

TEST(Problem, AStoreThatCannotBeReachedIsWorthARetry) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
    const Problem problem = problem_of(Error{code, "etcd does not answer", {}});
    EXPECT_EQ(problem.status, 503);
    EXPECT_EQ(problem.mistakes.front().code, "no_store");
    EXPECT_GT(problem.retry_after_s, 0);
  }
}

TEST(Problem, WhatIsToComeSaysSo) {
  const Problem problem = unsupported("POST /v1/plan");
  EXPECT_EQ(problem.status, 501);
  EXPECT_EQ(problem.mistakes.front().code, "unsupported");
  EXPECT_EQ(problem.mistakes.front().message, "POST /v1/plan is not supported yet");
}

TEST(Quote, GivesValidJsonForAnyBytes) {
  EXPECT_EQ(quote("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(quote("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC"), "\"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC\"");
  for (const char* broken :
       {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE0\x9F\x80"}) {
    EXPECT_NE(quote(broken).find("\xEF\xBF\xBD"), std::string::npos);
  }
}

}  // namespace
}  // namespace hancock::master::api
