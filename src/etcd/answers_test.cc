#include "etcd/answers.h"

#include <gtest/gtest.h>

#include "etcd/requests.h"
#include "etcd/revision_grouper.h"

namespace hancock::etcd {
namespace {

using store::KeyValue;
using store::Revision;
using Kind = store::WatchEvent::Kind;

TEST(Requests, have_keys_and_values_in_base64_and_numbers_as_strings) {
  EXPECT_EQ(range_request(store::KeyRange::key("/a"), 10, Revision(7)),
            R"({"key":"L2E=","limit":"10","revision":"7"})");
  EXPECT_EQ(watch_request(store::KeyRange::prefix("/"), Revision(9)),
            R"({"create_request":{"key":"Lw==","range_end":"MA==","start_revision":"9","fragment":true}})");
  store::Transaction transaction;
  transaction.compares = {store::Compare::unchanged("/a", Revision(3)), store::Compare::present("/b")};
  transaction.operations = {store::Operation::put("/a", "v", store::LeaseId(5)),
                            store::Operation::remove("/b")};
  EXPECT_EQ(transaction_request(transaction),
            R"({"compare":[{"key":"L2E=","target":"MOD","result":"EQUAL","mod_revision":"3"},)"
            R"({"key":"L2I=","target":"VERSION","result":"GREATER","version":"0"}],)"
            R"("success":[{"request_put":{"key":"L2E=","value":"dg==","lease":"5"}},)"
            R"({"request_delete_range":{"key":"L2I="}}]})");
  EXPECT_EQ(lease_grant_request(1500ms), R"({"TTL":"2"})");
  EXPECT_EQ(authenticate_request("ro\"ot", "a\\\n"), R"({"name":"ro\"ot","password":"a\\\u000a"})");
}

TEST(Answers, of_a_range_take_numbers_and_strings_and_leave_out_defaults) {
  const auto range = decode_range(R"({"header":{"revision":"12"},"more":true,"count":"2","kvs":[
    {"key":"L2E=","create_revision":"2","mod_revision":3,"version":"2","value":"djE="},{"key":"L2I="}]})");
  ASSERT_TRUE(range) << range.error().message;
  EXPECT_EQ(range->revision, Revision(12));
  EXPECT_TRUE(range->more);
  EXPECT_EQ(range->items,
            (std::vector<KeyValue>{{"/a", "v1", Revision(2), Revision(3), 2}, {"/b", "", {}, {}, 0}}));
  EXPECT_FALSE(decode_range(R"({"header":{"revision":"12"}})")->more);
}

TEST(Answers, that_make_no_sense_leave_everything_open) {
  for (const char* text :
       {"", "{", "[]", "null", R"({"kvs":{}})", R"({"kvs":[1]})", R"({"kvs":[{"key":"?"}]})",
        R"({"header":{"revision":"x"}})", R"({"header":[]})", R"({"more":"yes"})"}) {
    const auto range = decode_range(text);
    ASSERT_FALSE(range) << text;
    EXPECT_EQ(range.error().code, ErrorCode::kUnavailable) << text;
  }
}

TEST(Answers, of_a_keep_alive_without_ttl_mean_that_the_lease_is_over) {
  EXPECT_TRUE(decode_keep_alive(R"({"result":{"ID":"7","TTL":"10"}})"));
  EXPECT_EQ(decode_keep_alive(R"({"result":{"ID":"7"}})").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(decode_keep_alive(R"({"result":{"ID":"7","TTL":"0"}})").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(decode_keep_alive(R"({"error":{"grpc_code":14,"message":"no leader"}})").error().code,
            ErrorCode::kUnavailable);
}

TEST(Answers, with_errors_become_the_stores_errors) {
  const auto code = [](int status, std::string_view body) { return decode_error(status, body).code; };
  EXPECT_EQ(code(400, R"({"error":"x","message":"etcdserver: request is too large","code":3})"),
            ErrorCode::kTooLarge);
  EXPECT_EQ(code(400, R"({"error":"x","message":"etcdserver: duplicate key given in txn request","code":3})"),
            ErrorCode::kInvalid);
  EXPECT_EQ(code(404, R"({"error":"etcdserver: requested lease not found","code":5})"), ErrorCode::kNotFound);
  EXPECT_EQ(code(400, R"({"message":"etcdserver: mvcc: required revision has been compacted","code":"11"})"),
            ErrorCode::kGone);
  EXPECT_EQ(code(503, R"({"error":"etcdserver: no leader","code":14})"), ErrorCode::kUnavailable);
  EXPECT_EQ(code(429, R"({"error":"etcdserver: mvcc: database space exceeded","code":8})"),
            ErrorCode::kUnavailable);
  EXPECT_EQ(code(401, R"({"error":"etcdserver: invalid auth token","code":16})"), ErrorCode::kDenied);
  EXPECT_EQ(code(403, "<html>"), ErrorCode::kDenied);
  EXPECT_EQ(code(502, "<html>"), ErrorCode::kUnavailable);
  EXPECT_EQ(decode_error(404, "Not Found").message, "etcd answers 404: Not Found");
}

TEST(Answers, of_a_watch_are_events_or_the_end) {
  const auto events = decode_watch(R"({"result":{"header":{"revision":"4"},"fragment":true,"events":[
    {"kv":{"key":"L2E=","create_revision":"2","mod_revision":"4","version":"2","value":"djI="}},
    {"type":"DELETE","kv":{"key":"L2I=","mod_revision":"4"}}]}})");
  ASSERT_TRUE(events) << events.error().message;
  EXPECT_TRUE(events->fragment);
  ASSERT_EQ(events->events.size(), 2U);
  EXPECT_EQ(events->events[0].item, (KeyValue{"/a", "v2", Revision(2), Revision(4), 2}));
  EXPECT_EQ(events->events[1].kind, Kind::kDelete);
  const auto end = decode_watch(R"({"result":{"canceled":true,"compact_revision":"3","cancel_reason":"x"}})");
  EXPECT_TRUE(end->canceled);
  EXPECT_EQ(end->compact_revision, Revision(3));
  EXPECT_EQ(decode_watch(R"({"error":{"grpc_code":14,"message":"transport is closing"}})").error().code,
            ErrorCode::kUnavailable);
}

class RevisionGrouperTest : public testing::Test {
 protected:
  // The revisions of the batch; "-" when nothing is whole yet, "!" for an error.
  std::string add(std::vector<int> revisions, bool fragment, int header = 0) {
    WatchAnswer answer;
    answer.fragment = fragment;
    answer.revision = Revision(header);
    for (const int revision : revisions)
      answer.events.push_back({Kind::kPut, {"/a", "", {}, Revision(revision), 1}});
    const auto batch = grouper_.add(std::move(answer));
    if (!batch) return "!";
    if (!*batch) return "-";
    std::string text;
    for (const auto& event : (*batch)->events) text += std::to_string(event.item.mod_revision.value()) + " ";
    return text + "= " + std::to_string((*batch)->revision.value());
  }
  RevisionGrouper grouper_{Revision(5)};
};

TEST_F(RevisionGrouperTest, passes_whole_messages_on) {
  EXPECT_EQ(add({5, 5, 7}, false, 9), "5 5 7 = 7") << "the header's revision promises nothing";
  EXPECT_EQ(add({8}, false), "8 = 8");
}

TEST_F(RevisionGrouperTest, holds_the_last_revision_of_a_fragment_back) {
  EXPECT_EQ(add({5, 6, 7}, true), "5 6 = 6");
  EXPECT_EQ(add({7, 7}, true), "-");
  EXPECT_EQ(add({7, 8}, true), "7 7 7 7 = 7");
  EXPECT_EQ(add({8}, false), "8 8 = 8");
}

TEST_F(RevisionGrouperTest, takes_the_progress_of_a_message_without_events) {
  EXPECT_EQ(add({}, false, 9), "= 9");
  EXPECT_EQ(add({}, false, 9), "-");
  EXPECT_EQ(add({10}, false), "10 = 10");
}

TEST_F(RevisionGrouperTest, refuses_a_revision_that_went_backwards) {
  EXPECT_EQ(add({4}, false), "!");
  EXPECT_EQ(add({6}, false), "6 = 6");
  EXPECT_EQ(add({6}, false), "!");
  EXPECT_EQ(add({8, 7}, false), "!");
}

}  // namespace
}  // namespace hancock::etcd
