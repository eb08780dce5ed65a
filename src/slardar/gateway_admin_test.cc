// The admin API of a whole gateway, in this process: what it takes, what it refuses, and that what it has
// taken is live.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using Json = nlohmann::json;

std::string servers_of(const std::vector<uint16_t>& ports) {
  Json servers = Json::array();
  for (const uint16_t port : ports) servers.push_back({{"host", "127.0.0.1"}, {"port", port}});
  return Json{{"servers", servers}}.dump();
}

std::string etag(const http::Answer& answer) {
  return std::string(answer.headers.get("ETag").value_or("none"));
}

/// A body for each way of being wrong.
std::vector<std::string> wrong_bodies() {
  std::vector<std::string> bodies{"",
                                  "{",
                                  "[]",
                                  "7",
                                  "null",
                                  "{}",
                                  R"({"bogus":[]})",
                                  R"({"servers":7})",
                                  R"({"servers":[]})",
                                  R"({"servers":{}})",
                                  R"({"servers":[7]})",
                                  R"({"cluster":7})",
                                  R"({"cluster":[]})",
                                  R"({"cluster":{}})",
                                  R"({"cluster":[7]})",
                                  R"({"cluster":[{}]})",
                                  R"({"cluster":[{"servers":[]}]})",
                                  R"({"cluster":[{"servers":7}]})",
                                  R"({"cluster":{"a b":{"servers":[]}}})"};
  const std::string server = R"({"host":"127.0.0.1","port":80)";
  bodies.push_back(R"({"servers":[)" + server + "}],\"cluster\":[]}");
  bodies.push_back(R"({"servers":[)" + server + "}," + server + "}]}");
  for (const std::string wrong :
       {R"({})", R"({"host":"127.0.0.1"})", R"({"port":80})", R"({"host":7,"port":80})",
        R"({"host":"","port":80})", R"({"host":"a b","port":80})", R"({"host":"127.0.0.1","port":0})",
        R"({"host":"127.0.0.1","port":65536})", R"({"host":"127.0.0.1","port":-1})",
        R"({"host":"127.0.0.1","port":"80"})", R"({"host":"127.0.0.1","port":80.5})",
        R"({"host":"127.0.0.1","port":null})"})
    bodies.push_back(R"({"servers":[)" + wrong + "]}");
  for (const std::string wrong :
       {R"("weight":-1)", R"("weight":1.5)", R"("weight":"1")", R"("max_fails":-1)", R"("max_fails":"1")",
        R"("fail_timeout":-1)", R"("fail_timeout":"1")", R"("wieght":1)", R"("port":81)"})
    bodies.push_back(R"({"servers":[)" + server + "," + wrong + "}]}");
  for (const std::string wrong : {R"("enable":1)",
                                  R"("typ":"ftp")",
                                  R"("typ":7)",
                                  R"("timeout":0)",
                                  R"("timeout":-1)",
                                  R"("timeout":"1")",
                                  R"("interval":0)",
                                  R"("interval":-1)",
                                  R"("sensibility":0)",
                                  R"("rise":0)",
                                  R"("rise":1.5)",
                                  R"("protected":"yes")",
                                  R"("mode":"best")",
                                  R"("mode":7)",
                                  R"("try":0)",
                                  R"("try":-1)",
                                  R"("try_timeout":-1)",
                                  R"("http_opts":[])",
                                  R"("http_opts":{"bogus":1})",
                                  R"("http_opts":{"query":7})",
                                  R"("http_opts":{"statuses":{"5xx":false}})",
                                  R"("http_opts":{"statuses":{"502":0}})",
                                  R"("name":7)",
                                  R"("user":7)",
                                  R"("pass":7)",
                                  R"("protocol":"smoke")",
                                  R"("tls":7)",
                                  R"("tls":{"verify":"maybe"})",
                                  R"("tls":{"bogus":1})",
                                  R"("bogus":1)",
                                  R"("servers":[])"})
    bodies.push_back(R"({"servers":[)" + server + "}]," + wrong + "}");
  return bodies;
}

/// Everything that a change would change.
Json state_of(World& world) {
  const http::Answer upstreams = world.admin("/upstreams");
  const Json status = Json::parse(world.admin("/status").body);
  Json state{{"upstreams", upstreams.body},
             {"tag", etag(world.admin("/upstream/u.test"))},
             {"routes", world.admin("/routes").body}};
  for (const std::string field : {"cls:u.test", "conf_hash", "shd_config_version", "refused", "unresolved"})
    state[field] = status[field];
  for (const auto& item : world.server.space().range(store::KeyRange::prefix("/hancock/upstreams/")).items)
    state["records"].push_back({item.key, item.value, item.mod_revision.value()});
  return state;
}

class GatewayAdmin : public ::testing::Test {
 protected:
  void SetUp() override { world_.start(); }

  http::Answer put(const std::string& name, const std::string& body, http::Headers headers = {}) {
    return world_.write("/upstream/" + name, "PUT", body, std::move(headers));
  }
  http::Answer show(const std::string& name) { return world_.admin("/upstream/" + name); }

  World world_{2};
};

TEST_F(GatewayAdmin, an_upstream_is_put_shown_changed_and_removed) {
  EXPECT_EQ(show("u.test").status, 404);
  const http::Answer made = put("u.test", servers_of({world_.named_peer("one").port()}));
  EXPECT_EQ(made.status, 200) << made.body;
  const Json said = Json::parse(made.body);
  EXPECT_EQ(said["status"], 200);
  EXPECT_EQ(etag(made), "\"" + said["revision"].dump() + "\"");
  EXPECT_EQ(world_.get("u.test", "/").body, "one");
  EXPECT_EQ(etag(show("u.test")), etag(made));

  const http::Answer posted =
      world_.write("/upstream/u.test", "POST", servers_of({world_.named_peer("two").port()}));
  EXPECT_EQ(posted.status, 200) << posted.body;
  EXPECT_EQ(world_.get("u.test", "/").body, "two");

  const http::Answer gone = world_.admin("/upstream/u.test", "DELETE");
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(world_.get("u.test", "/").status, 404);
  EXPECT_EQ(world_.admin("/upstreams").body, "{}\n");
  const http::Answer again = world_.admin("/upstream/u.test", "DELETE");
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(Json::parse(again.body), (Json{{"status", 400}, {"msg", "upstream u.test not found"}}));
}

TEST_F(GatewayAdmin, upstreams_are_listed_as_clusters_with_their_options) {
  world_.put("/hancock/upstreams/a", R"({"servers":[{"host":"127.0.0.1","port":1}],"protocol":"http2"})");
  EXPECT_TRUE(world_.until([&] { return show("a").status == 200; }));
  EXPECT_EQ(world_.admin("/upstreams").body,
            "{\"a\":{\"cluster\":[{\"servers\":[{\"host\":\"127.0.0.1\",\"port\":1}]}],"
            "\"protocol\":\"http2\"}}\n");
}

// Not one request: each change is followed by visitors of both workers, on new connections.
TEST_F(GatewayAdmin, after_the_answer_nobody_is_sent_to_the_old_list) {
  HttpPeer& one = world_.named_peer("one");
  HttpPeer& two = world_.named_peer("two");
  for (int change = 0; change < 50; ++change) {
    const bool first = change % 2 == 0;
    ASSERT_EQ(put("u.test", servers_of({(first ? one : two).port()})).status, 200);
    for (int visit = 0; visit < 8; ++visit) {
      Visitor visitor = world_.visit();
      visitor.send("GET / HTTP/1.1\r\nHost: u.test\r\n\r\n");
      ASSERT_EQ(visitor.answer().body, first ? "one" : "two") << change;
    }
  }
}

TEST_F(GatewayAdmin, what_is_refused_changes_nothing) {
  Json body = Json::parse(servers_of({world_.named_peer("one").port()}));
  body["enable"] = false;
  ASSERT_EQ(put("u.test", body.dump()).status, 200);
  ASSERT_EQ(world_.get("u.test", "/").body, "one");
  const Json before = state_of(world_);
  for (const std::string& wrong : wrong_bodies()) {
    const http::Answer answer = put("u.test", wrong);
    EXPECT_EQ(answer.status, 400) << wrong;
    const Json said = Json::parse(answer.body);
    EXPECT_EQ(said["status"], 400) << wrong;
    EXPECT_FALSE(said["msg"].get<std::string>().empty()) << wrong;
    EXPECT_EQ(state_of(world_), before) << wrong;
  }
  EXPECT_EQ(world_.get("u.test", "/").body, "one");
}

TEST_F(GatewayAdmin, names_methods_and_sizes_are_looked_at) {
  EXPECT_EQ(put("a/b", servers_of({1})).status, 400);
  EXPECT_EQ(put("a%20b", servers_of({1})).status, 400);
  EXPECT_EQ(world_.admin("/nothing").status, 404);
  const http::Answer patched = world_.admin("/upstream/u.test", "PATCH", servers_of({1}));
  EXPECT_EQ(patched.status, 405);
  EXPECT_EQ(Json::parse(patched.body)["msg"], "method not allowed");
  EXPECT_EQ(patched.headers.get("Allow"), "GET, HEAD, PUT, POST, DELETE");
  EXPECT_EQ(world_.admin("/status", "PUT").status, 405);
  const std::string valid = servers_of({1});
  EXPECT_EQ(put("big", valid + std::string((1 << 20) - valid.size(), ' ')).status, 200);
  const http::Answer big = put("big", valid + std::string((1 << 20) - valid.size() + 1, ' '));
  EXPECT_EQ(big.status, 413);
  EXPECT_EQ(Json::parse(big.body)["msg"], "body too big");
}

TEST_F(GatewayAdmin, a_write_may_ask_for_the_revision_that_it_has_seen) {
  const http::Answer made = put("u", servers_of({1}), {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 200);
  EXPECT_EQ(put("u", servers_of({2}), {{"If-None-Match", "*"}}).status, 412);
  const http::Answer changed = put("u", servers_of({2}), {{"If-Match", etag(made)}});
  EXPECT_EQ(changed.status, 200);
  const http::Answer late = put("u", servers_of({3}), {{"If-Match", etag(made)}});
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(Json::parse(late.body)["msg"],
            "upstream u: it is at revision " + etag(changed).substr(1, etag(changed).size() - 2));
  EXPECT_EQ(world_.admin("/upstream/u", "DELETE", "", {{"If-Match", etag(made)}}).status, 412);
  EXPECT_EQ(put("u", servers_of({3}), {{"If-Match", "7"}}).status, 400);
  EXPECT_EQ(world_.admin("/upstream/u", "DELETE", "", {{"If-Match", etag(changed)}}).status, 200);
  EXPECT_EQ(put("u", servers_of({3}), {{"If-Match", "*"}}).status, 412);
}

TEST_F(GatewayAdmin, what_a_route_has_taken_is_written_and_said_not_to_be_served) {
  world_.put(route_of("web", {"u.test"}));
  ASSERT_TRUE(world_.answers("u.test", 503));
  const http::Answer made = world_.admin("/upstream/u.test", "PUT", servers_of({1}));
  EXPECT_EQ(made.status, 202) << made.body;
  EXPECT_NE(Json::parse(made.body)["msg"].get<std::string>().find("not served: "), std::string::npos);
  EXPECT_NE(made.body.find("belongs to"), std::string::npos) << made.body;
}

TEST_F(GatewayAdmin, what_is_there_already_is_not_written_again) {
  const http::Answer made = put("u", servers_of({1}));
  const http::Answer again = put("u", servers_of({1}));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(etag(again), etag(made));
}

TEST_F(GatewayAdmin, without_the_store_nothing_is_written) {
  ASSERT_EQ(put("u.test", servers_of({world_.named_peer("one").port()})).status, 200);
  world_.gateways.set_reachable(false);
  const http::Answer refused = put("u.test", servers_of({1}));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(Json::parse(refused.body)["msg"], "nothing was written: the store is unreachable");
  EXPECT_EQ(world_.get("u.test", "/").body, "one");
}

TEST_F(GatewayAdmin, a_write_whose_answer_is_lost_is_found_out) {
  world_.gateways.set_answers_lost(true);
  const http::Answer made = put("u.test", servers_of({world_.named_peer("one").port()}));
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(world_.get("u.test", "/").body, "one");
  EXPECT_EQ(world_.admin("/upstream/u.test", "DELETE").status, 200);
}

// Who mistrusts the silence reads everything anew every few seconds; then it is live nevertheless, and there
// is time enough until the next time.
TEST_F(GatewayAdmin, what_is_written_and_not_live_in_time_is_202) {
  world_.gateways.hold_watches(true);
  uint16_t port = 0;
  http::Answer made;
  const auto put_at_once = [&](uint16_t server) {
    return made = world_.admin("/upstream/u", "PUT", servers_of({server}));
  };
  EXPECT_TRUE(world_.until([&] { return put_at_once(++port).status == 202; }, 30s));
  EXPECT_EQ(Json::parse(made.body)["status"], 202) << made.body;
  world_.gateways.hold_watches(false);
  EXPECT_TRUE(world_.until([&] { return put("u", servers_of({port})).status == 200; }, 30s));
}

}  // namespace
}  // namespace hancock::slardar
