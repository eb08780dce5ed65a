#include "master/api/door_rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace hancock::master::api {
namespace {

using Json = nlohmann::json;

// Of a Master that knows one Task of shop/web on each Node: a-1 and a-2.
State two_nodes() {
  State state;
  std::vector<store::KeyValue> items;
  for (const char* node : {"1", "2"}) {
    model::Task task;
    task.set_id(std::string("a-") + node);
    task.set_tenant("default");
    task.set_app("shop");
    task.set_service("web");
    task.set_version(1);
    task.set_node(std::string("node-") + node);
    items.push_back({StateKeys().task(task.id()), task.SerializeAsString(), {}, store::Revision(1), 1});
  }
  state.load(items, store::Revision(1));
  return state;
}

registry::Endpoint endpoint_of(const std::string& task) {
  registry::Endpoint endpoint;
  endpoint.task = task;
  endpoint.node = "node-1";
  endpoint.site = "site-1";
  endpoint.tenant = "default";
  endpoint.app = "shop";
  endpoint.service = "web";
  endpoint.version = 1;
  endpoint.address = "10.0.0.1";
  endpoint.ports = {{"http", 20'000}};
  endpoint.incarnation = 1;
  return endpoint;
}

std::string b64(std::string_view text) { return base64_encode(text); }

Result<std::string> ask(DoorVerb verb, const Json& request) {
  return door_request(two_nodes(), "node-1", verb, request.dump());
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

Json fence(const std::string& key = "/hancock/nodes/node-1") {
  return {{"key", b64(key)}, {"target", "MOD"}, {"modRevision", "7"}};
}
Json put(const std::string& key, const std::string& value) {
  return {{"requestPut", {{"key", b64(key)}, {"value", b64(value)}}}};
}
Json removal(const std::string& key, const std::string& end = "") {
  return {{"request_delete_range", {{"key", b64(key)}, {"rangeEnd", b64(end)}}}};
}
Json fenced(const Json& operation, const Json& compare = fence()) {
  return {{"compare", {compare}}, {"success", {operation}}};
}
Json put_of(const std::string& task, const registry::Endpoint& endpoint) {
  return put("/hancock/endpoints/node-1/" + task, registry::encode(endpoint));
}

TEST(DoorRules, ARangeStaysWithinTheNodesEndpoints) {
  const std::string begin = "/hancock/endpoints/node-1/a";
  for (const std::string& end :
       {std::string(1, '\0'), std::string("/hancock/endpoints/node-2"), std::string("\xFF"),
        std::string("/hancock/endpoints/node-1/a"), std::string("/hancock/endpoints/node-1")}) {
    expect_denied(DoorVerb::kRange, {{"key", b64(begin)}, {"range_end", b64(end)}});
    expect_denied(DoorVerb::kTransaction, fenced(removal(begin, end)));
  }
  expect_denied(DoorVerb::kRange,
                {{"key", b64("/hancock/nodes/node-1")}, {"range_end", b64("/hancock/nodes/node-2")}});
  EXPECT_TRUE(ask(DoorVerb::kTransaction, fenced(removal(begin, "/hancock/endpoints/node-1/b"))));
}

TEST(DoorRules, ANodeWritesOnlyItsEndpoints) {
  EXPECT_TRUE(ask(DoorVerb::kTransaction, fenced(put_of("a-1", endpoint_of("a-1")))));
  expect_denied(DoorVerb::kTransaction, fenced(removal("/hancock/nodes/node-1")));
  expect_denied(DoorVerb::kTransaction,
                fenced(put("/hancock/nodes/node-1", registry::encode(endpoint_of("a-1")))));
  expect_denied(DoorVerb::kTransaction,
                fenced(put("/hancock/endpoints/node-2/a-1", registry::encode(endpoint_of("a-1")))));
}

TEST(DoorRules, EveryWriteComparesTheNodesFence) {
  const Json operation = put_of("a-1", endpoint_of("a-1"));
  expect_denied(DoorVerb::kTransaction, {{"success", {operation}}});
  expect_denied(DoorVerb::kTransaction, fenced(operation, fence("/hancock/endpoints/node-1/a-1")));
  Json other = fence();
  other["result"] = "GREATER";
  expect_denied(DoorVerb::kTransaction, fenced(operation, other));
  expect_denied(DoorVerb::kTransaction, {{"compare", {fence()}}, {"failure", {operation}}});
}

TEST(DoorRules, AnEndpointIsOfATaskOfTheNodeInItsOwnersName) {
  EXPECT_TRUE(ask(DoorVerb::kTransaction, fenced(put_of("b-1", endpoint_of("b-1"))))) << "assigned just now";
  expect_denied(DoorVerb::kTransaction, fenced(put_of("a-1", endpoint_of("b-1"))));
  expect_denied(DoorVerb::kTransaction, fenced(put_of("a-2", endpoint_of("a-2"))));
  registry::Endpoint foreign = endpoint_of("a-1");
  foreign.tenant = "other";
  expect_denied(DoorVerb::kTransaction, fenced(put_of("a-1", foreign)));
  foreign = endpoint_of("a-1");
  foreign.version = 2;
  expect_denied(DoorVerb::kTransaction, fenced(put_of("a-1", foreign)));
  EXPECT_FALSE(ask(DoorVerb::kTransaction, fenced(put("/hancock/endpoints/node-1/a-1", "{}"))));
}

TEST(DoorRules, WhatIsNotKnownIsNotPassedOn) {
  const std::string key = b64("/hancock/endpoints/node-1/t");
  Json leased = put_of("a-1", endpoint_of("a-1"));
  leased["requestPut"]["lease"] = "77";
  expect_denied(DoorVerb::kTransaction, fenced(leased));
  expect_denied(DoorVerb::kRange, {{"key", key}, {"max_mod_revision", 7}});
}

TEST(DoorRules, BothSpellingsOfAMemberAreOne) {
  const Json request = {{"key", b64("/hancock/endpoints/node-1/a")},
                        {"range_end", b64("/hancock/endpoints/node-1/b")},
                        {"rangeEnd", b64("/hancock/state0")}};
  const auto answer = ask(DoorVerb::kRange, request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalid);
}

TEST(DoorRules, ATransactionIsCheckedInAllItsParts) {
  const Json transaction = fenced(put_of("a-1", endpoint_of("a-1")));
  const auto good = ask(DoorVerb::kTransaction, transaction);
  ASSERT_TRUE(good) << good.error().message;
  const Json passed = Json::parse(*good);
  EXPECT_EQ(passed["compare"][0]["mod_revision"], "7");
  EXPECT_EQ(passed["success"][0]["request_put"]["key"], b64("/hancock/endpoints/node-1/a-1"));

  expect_denied(DoorVerb::kTransaction,
                fenced(removal("/hancock/endpoints/node-1/t"), fence("/hancock/nodes/node-2")));
  Json failure = transaction;
  failure["failure"] = {{{"request_range", {{"key", b64("/hancock/state/leader")}}}}};
  expect_denied(DoorVerb::kTransaction, failure);
  Json nested = transaction;
  nested["success"].push_back({{"request_txn", Json::object()}});
  expect_denied(DoorVerb::kTransaction, nested);
}

TEST(DoorRules, WhatIsNoRequestIsNamed) {
  for (const char* body : {"", "[]", "7", "{\"key\":7}", "{\"key\":\"%\"}", "{\"key\""}) {
    const auto answer = door_request(two_nodes(), "node-1", DoorVerb::kRange, body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalid) << body;
  }
}

}  // namespace
}  // namespace hancock::master::api
