#include "master/api/door_rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace hancock::master::api {
namespace {

using Json = nlohmann::json;

const registry::Keys kKeys;

std::string b64(std::string_view text) { return base64_encode(text); }

Result<std::string> ask(DoorVerb verb, const Json& request) {
  return door_request(kKeys, "node-1", verb, request.dump());
}

void expect_denied(DoorVerb verb, const Json& request) {
  const auto answer = ask(verb, request);
  ASSERT_FALSE(answer) << request;
  EXPECT_EQ(answer.error().code, ErrorCode::kDenied) << request << answer.error().message;
}

TEST(DoorRules, ANodeReadsItsOwnRecordAndItsOwnEndpoints) {
  EXPECT_TRUE(ask(DoorVerb::kRange, {{"key", b64("/hancock/nodes/node-1")}}));
  EXPECT_TRUE(ask(DoorVerb::kRange, {{"key", b64("/hancock/endpoints/node-1/")},
                                     {"range_end", b64("/hancock/endpoints/node-10")}}));
}

TEST(DoorRules, ANodeReadsNothingElse) {
  for (const char* key : {"/hancock/nodes/node-2", "/hancock/nodes/node-10", "/hancock/endpoints/node-2/t",
                          "/hancock/endpoints/node-10/t", "/hancock/endpoints/node-1",
                          "/hancock/endpoints/node-1/", "/hancock/state/tokens/operator", "", "/"}) {
    expect_denied(DoorVerb::kRange, {{"key", b64(key)}});
  }
}

TEST(DoorRules, ARangeStaysWithinTheNodesEndpoints) {
  const std::string begin = b64("/hancock/endpoints/node-1/a");
  for (const std::string& end :
       {std::string(1, '\0'), std::string("/hancock/endpoints/node-2"), std::string("\xFF"),
        std::string("/hancock/endpoints/node-1/a"), std::string("/hancock/endpoints/node-1")}) {
    expect_denied(DoorVerb::kRange, {{"key", begin}, {"range_end", b64(end)}});
    expect_denied(DoorVerb::kDelete, {{"key", begin}, {"rangeEnd", b64(end)}});
  }
  expect_denied(DoorVerb::kRange,
                {{"key", b64("/hancock/nodes/node-1")}, {"range_end", b64("/hancock/nodes/node-2")}});
  EXPECT_TRUE(ask(DoorVerb::kDelete, {{"key", begin}, {"range_end", b64("/hancock/endpoints/node-1/b")}}));
}

TEST(DoorRules, ANodeWritesOnlyItsEndpoints) {
  EXPECT_TRUE(ask(DoorVerb::kPut, {{"key", b64("/hancock/endpoints/node-1/t")}, {"value", b64("{}")}}));
  expect_denied(DoorVerb::kPut, {{"key", b64("/hancock/nodes/node-1")}, {"value", b64("{}")}});
  expect_denied(DoorVerb::kDelete, {{"key", b64("/hancock/nodes/node-1")}});
  expect_denied(DoorVerb::kPut, {{"key", b64("/hancock/endpoints/node-2/t")}, {"value", b64("{}")}});
}

TEST(DoorRules, WhatIsNotKnownIsNotPassedOn) {
  const std::string key = b64("/hancock/endpoints/node-1/t");
  expect_denied(DoorVerb::kPut, {{"key", key}, {"lease", "77"}});
  expect_denied(DoorVerb::kPut, {{"key", key}, {"ignore_value", true}});
  expect_denied(DoorVerb::kRange, {{"key", key}, {"max_mod_revision", 7}});
}

TEST(DoorRules, BothSpellingsOfAMemberAreOne) {
  const Json request = {{"key", b64("/hancock/endpoints/node-1/a")},
                        {"range_end", b64("/hancock/endpoints/node-1/b")},
                        {"rangeEnd", b64("/hancock/state0")}};
  const auto answer = ask(DoorVerb::kDelete, request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalid);
}

Json fenced_put(const std::string& compared, const std::string& written) {
  return {{"compare", {{{"key", b64(compared)}, {"target", "MOD"}, {"modRevision", "7"}}}},
          {"success", {{{"requestPut", {{"key", b64(written)}, {"value", b64("{}")}}}}}}};
}

TEST(DoorRules, ATransactionIsCheckedInAllItsParts) {
  const auto good =
      ask(DoorVerb::kTransaction, fenced_put("/hancock/nodes/node-1", "/hancock/endpoints/node-1/t"));
  ASSERT_TRUE(good) << good.error().message;
  const Json passed = Json::parse(*good);
  EXPECT_EQ(passed["compare"][0]["mod_revision"], "7");
  EXPECT_EQ(passed["success"][0]["request_put"]["key"], b64("/hancock/endpoints/node-1/t"));

  expect_denied(DoorVerb::kTransaction, fenced_put("/hancock/nodes/node-2", "/hancock/endpoints/node-1/t"));
  expect_denied(DoorVerb::kTransaction, fenced_put("/hancock/nodes/node-1", "/hancock/nodes/node-1"));
  Json failure = fenced_put("/hancock/nodes/node-1", "/hancock/endpoints/node-1/t");
  failure["failure"] = {{{"request_range", {{"key", b64("/hancock/state/leader")}}}}};
  expect_denied(DoorVerb::kTransaction, failure);
  Json nested = fenced_put("/hancock/nodes/node-1", "/hancock/endpoints/node-1/t");
  nested["success"].push_back({{"request_txn", Json::object()}});
  expect_denied(DoorVerb::kTransaction, nested);
}

TEST(DoorRules, WhatIsNoRequestIsNamed) {
  for (const char* body : {"", "[]", "7", "{\"key\":7}", "{\"key\":\"%\"}", "{\"key\""}) {
    const auto answer = door_request(kKeys, "node-1", DoorVerb::kPut, body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalid) << body;
  }
}

}  // namespace
}  // namespace hancock::master::api
