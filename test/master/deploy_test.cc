// From a spec to running Tasks, against a real Master: owners' requests on one side, an Agent's wire on the
// other.
#include "base/encoding.h"
#include "master/with_agent.h"

namespace hancock::test {
namespace {

using Json = nlohmann::json;

class Deploy : public WithAgent {};

TEST_F(Deploy, ASpecBecomesRunningTasksAndARoute) {
  const std::string id = deploy();
  const Json tasks = get("/v1/tasks?app=shop&service=web")["items"];
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0]["state"], "ready");
  EXPECT_EQ(tasks[0]["node"], "node-1");
  EXPECT_EQ(tasks[0]["ports"][0]["host_port"], 20'001);
  const Json service = get("/v1/services/shop/web");
  EXPECT_EQ(service["version"], 1);
  EXPECT_EQ(service["ready"], 2);
  EXPECT_EQ(service["image"], "registry.test/shop:1");
  EXPECT_EQ(get("/v1/apps/shop")["services"].size(), 1U);
  EXPECT_EQ(get("/v1/services/shop/web/versions")["items"].size(), 1U);
  EXPECT_EQ(get("/v1/services/shop/web/versions/1")["number"], 1);
  EXPECT_EQ(get("/v1/deployments?app=shop")["items"][0]["id"], id);
  EXPECT_EQ(get("/v1/nodes/node-1")["used"]["tasks"], 2);
  EXPECT_EQ(get("/v1/nodes")["items"][0]["state"], "ready");
  EXPECT_TRUE(is_gapless(event_numbers()));
}

TEST_F(Deploy, TheSameSpecAgainChangesNothing) {
  deploy();
  const Reply again = put();
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.json()["services"]["web"]["version"], 1);
  EXPECT_TRUE(again.json()["services"]["web"]["deployment"].is_null());
}

TEST_F(Deploy, ScaleStopAndRemoveDoWhatTheySay) {
  deploy();
  const auto live = [&] { return get("/v1/tasks?app=shop")["items"].size(); };
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":3})").status, 200);
  EXPECT_TRUE(master_.until([&] { return get("/v1/services/shop/web")["ready"] == 3; }));
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":10001})").status, 400);
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/stop").status, 200);
  EXPECT_TRUE(master_.until([&] { return live() == 0; }, 60s)) << get("/v1/tasks?app=shop");
  EXPECT_EQ(get("/v1/services/shop/web")["stopped"], true);
  EXPECT_EQ(master_.send("DELETE", "/v1/apps/shop").status, 200);
  EXPECT_TRUE(master_.until([&] { return master_.get("/v1/services/shop/web").status == 404; }));
}

TEST_F(Deploy, AKeyThatComesAgainGetsTheFirstAnswer) {
  const Reply first = put(kSpec, {{"Idempotency-Key", "k1"}});
  ASSERT_EQ(first.status, 200) << first.body;
  const Reply second = put(kSpec, {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(second.body, first.body);
  const Reply other = master_.send("POST", "/v1/services/shop/web/stop", "", {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.json()["errors"][0]["field"], "Idempotency-Key");
}

TEST_F(Deploy, AnIndexThatIsBehindIsAConflict) {
  const int64_t index = put().json()["index"];
  EXPECT_EQ(master_.send("POST", "/v1/services/shop/web/scale", R"({"replicas":1})").status, 200);
  const Reply reply = master_.send("PUT", fmt::format("/v1/apps/shop?check_index={}", index), kSpec);
  EXPECT_EQ(reply.status, 409) << reply.body;
  EXPECT_EQ(reply.code(), "conflict");
}

TEST_F(Deploy, AnEntranceHasOneOwner) {
  deploy();
  std::string other = kSpec;
  other.replace(other.find("app: shop"), 9, "app: sho2");
  const Reply reply = master_.send("PUT", "/v1/apps/sho2", other);
  EXPECT_EQ(reply.status, 409) << reply.body;
  EXPECT_EQ(reply.json()["errors"][0]["field"], "services.web.routes[0].hosts[0]") << reply.body;
  EXPECT_EQ(master_.get("/v1/apps/sho2").status, 404);
}

TEST_F(Deploy, EventsCanBeReadFromAnyPlaceAndInEveryForm) {
  deploy();
  const Json all = get("/v1/events")["items"];
  ASSERT_GT(all.size(), 3U);
  const Json tail = get("/v1/events?after=2")["items"];
  EXPECT_EQ(tail[0]["number"], 3);
  EXPECT_EQ(get("/v1/events?after=1-2")["items"], tail);
  const Json of_kind = get("/v1/events?kind=leader.elected")["items"];
  EXPECT_EQ(of_kind.size(), 1U);
  const Reply lines = master_.send("GET", "/v1/events?app=shop", "", {{"Accept", "application/x-ndjson"}});
  EXPECT_EQ(Json::parse(lines.body.substr(0, lines.body.find('\n')))["app"], "shop");
}

io::Async<std::string> read_stream(MasterProcess& master, http::RequestHead head, size_t lines_wanted) {
  auto call = co_await master.client().open(master.api(), std::move(head), master.loop().now() + 5s);
  if (!call) co_return call.error().message;
  co_await (*call)->finish();
  auto response = co_await (*call)->response(master.loop().now() + 5s);
  if (!response) co_return response.error().message;
  std::string text((*response)->headers.get("Content-Type").value_or(""));
  text += '\n';
  http::LineReader lines((*call)->body(), 1 << 20);
  for (size_t i = 0; i < lines_wanted; ++i) {
    auto line = co_await lines.next(master.loop().now() + 10s);
    if (!line || !*line) co_return text + "ended";
    text += **line + "\n";
  }
  co_return text;
}

TEST_F(Deploy, ServerSentEventsGoOnBehindTheLastId) {
  deploy();
  http::Headers headers{{"Authorization", "Bearer " + master_.operator_token()},
                        {"Accept", "text/event-stream"},
                        {"Last-Event-ID", "1"}};
  http::RequestHead head("GET", "/v1/events", std::move(headers));
  const std::string text = master_.loop().block_on(read_stream(master_, std::move(head), 3));
  EXPECT_TRUE(text.starts_with("text/event-stream\nid: 1-2\ndata: {")) << text;
  EXPECT_NE(text.find("\"number\":2"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("}\n\n")) << text;
}

TEST_F(Deploy, AnIdleStreamShowsThatItLives) {
  const size_t before = agent_->lines();
  EXPECT_TRUE(master_.until([&] { return agent_->lines() >= before + 2; }, 10s));
  EXPECT_EQ(agent_->connects(), 1U);
  EXPECT_EQ(agent_->last_line().epoch(), 1);
  EXPECT_EQ(agent_->last_line().term(), 1);
  EXPECT_GT(agent_->last_line().node_revision(), 0);
}

TEST_F(Deploy, MetricsCountWhatThereIs) {
  deploy();
  const std::string text = master_.get("/metrics").body;
  EXPECT_NE(text.find("hancock_leader 1\n"), std::string::npos);
  EXPECT_NE(text.find("hancock_tasks{tenant=\"default\",state=\"ready\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("hancock_nodes{site=\"site-1\",state=\"ready\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("hancock_store_transaction_seconds_count"), std::string::npos);
}

}  // namespace
}  // namespace hancock::test
