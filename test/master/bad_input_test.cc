// What the API refuses, and in which words; nothing of it leaves a trace. What it shows is in docs/api.md.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "master/master_process.h"

namespace hancock::test {
namespace {

using Json = nlohmann::json;

// One Master for all: nothing here changes anything.
class BadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    master_ = new MasterProcess;
    master_->start();
    ASSERT_TRUE(master_->wait_until_ready());
  }
  static void TearDownTestSuite() {
    delete master_;
    master_ = nullptr;
  }
  static MasterProcess& master() { return *master_; }

  static Reply put_yaml(const std::string& spec) {
    return master().send("PUT", "/v1/apps/shop", spec, {{"Content-Type", "application/yaml"}});
  }

 private:
  static inline MasterProcess* master_ = nullptr;
};

TEST_F(BadInput, WithoutATokenNothingIsSaid) {
  const Reply reply = master().send("GET", "/v1/apps", "", {}, "");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.code(), "unauthorized");
  EXPECT_EQ(reply.headers.get("WWW-Authenticate"), "Bearer");
}

TEST_F(BadInput, AWrongTokenIsAsGoodAsNone) {
  EXPECT_EQ(master().send("GET", "/v1/apps", "", {}, "wrong").status, 401);
  EXPECT_EQ(master().send("GET", "/v1/no/such/path", "", {}, "wrong").status, 401)
      << "also for what there is not";
}

TEST_F(BadInput, TokensDoOnlyWhatTheyAreFor) {
  EXPECT_EQ(master().send("GET", "/v1/apps", "", {}, master().agent_token()).status, 403);
  EXPECT_EQ(master().send("POST", "/v1/nodes/node-1/report", "{}").status, 403);
  EXPECT_EQ(master().send("GET", "/v1/nodes/node-1/assignments").status, 403);
  EXPECT_EQ(master().send("POST", "/v3/kv/range", "{}").status, 403);
}

/// The names that stand behind `mark` at the begin of a line.
std::set<std::string> metrics(const std::string& text, const std::string& mark) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(mark + "hancock_"))
      names.insert(line.substr(mark.size(), line.find_first_of(" `", mark.size()) - mark.size()));
  }
  return names;
}

TEST_F(BadInput, MetricsAreThoseOfTheDocument) {
  const auto document = read_file(source_folder() / "docs/api.md");
  ASSERT_TRUE(document) << document.error().message;
  const auto written = metrics(master().get("/metrics").body, "# HELP ");
  EXPECT_GT(written.size(), 5U);
  EXPECT_EQ(written, metrics(*document, "| `"));
}

TEST_F(BadInput, WhatNeedsNoTokenNeedsNone) {
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/v1/leader"}) {
    EXPECT_EQ(master().send("GET", path, "", {}, "").status, 200) << path;
  }
}

TEST_F(BadInput, ABodyThatIsTooLargeIsRefused) {
  const Reply reply = put_yaml("app: shop\n#" + std::string(1 << 20, 'x'));
  EXPECT_EQ(reply.status, 413) << reply.body;
  EXPECT_EQ(reply.code(), "too_large");
  EXPECT_EQ(reply.json()["errors"][0]["allowed"], "at most 1048576 bytes");
}

TEST_F(BadInput, AWrongSpecIsNamedByFieldAndLine) {
  const Reply reply =
      put_yaml("app: shop\nservices:\n  web:\n    image: i:1\n    ports: [{name: http, port: 0}]\n");
  ASSERT_EQ(reply.status, 400) << reply.body;
  const Json error = reply.json()["errors"][0];
  EXPECT_EQ(error["field"], "services.web.ports[0].port");
  EXPECT_EQ(error["value"], "0");
  EXPECT_EQ(error["line"], 5);
  EXPECT_NE(error["allowed"], "");
  EXPECT_NE(error["message"], "");
  EXPECT_EQ(master().get("/v1/apps/shop").status, 404) << "nothing is left of it";
}

TEST_F(BadInput, EveryMistakeOfASpecIsNamed) {
  const Reply reply = put_yaml(
      "app: shop\nservices:\n  web:\n    image: i:1\n    replicsa: 3\n    resources: {memory: 7x}\n");
  ASSERT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["errors"].size(), 2U) << reply.body;
}

TEST_F(BadInput, ASpecIsForTheAppOfItsPath) {
  const Reply reply = put_yaml("app: other\nservices: {web: {image: \"i:1\"}}\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["errors"][0]["field"], "app");
}

TEST_F(BadInput, WhatIsNotThereIsNotFound) {
  for (const char* path :
       {"/v1/apps/no", "/v1/services/no/web", "/v1/services/no/web/versions", "/v1/tasks/no",
        "/v1/deployments/no", "/v1/nodes/no", "/v1/tasks/no/logs", "/v1/no", "/v1/apps?tenant=no"}) {
    const Reply reply = master().get(path);
    EXPECT_EQ(reply.status, 404) << path << reply.body;
    EXPECT_EQ(reply.code(), "not_found") << path;
  }
  EXPECT_EQ(master().send("POST", "/v1/services/no/web/scale", R"({"replicas":1})").status, 404);
  EXPECT_EQ(master().send("POST", "/v1/services/no/web/stop").status, 404);
  EXPECT_EQ(master().send("DELETE", "/v1/apps/no").status, 404);
}

TEST_F(BadInput, AMethodThatAPathDoesNotTakeIsNamedWithThoseItTakes) {
  const Reply reply = master().send("POST", "/v1/apps/shop", "{}");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.get("Allow"), "GET, PUT, DELETE");
}

TEST_F(BadInput, WhatIsToComeSaysSo) {
  for (const auto& [method, path] : {std::pair{"GET", "/v1/tenants"}, std::pair{"PUT", "/v1/secrets/x"},
                                     std::pair{"POST", "/v1/callbacks"}, std::pair{"PUT", "/v1/alerts/x"}}) {
    const Reply reply = master().send(method, path, method == std::string("GET") ? "" : "{}");
    EXPECT_EQ(reply.status, 501) << path;
    EXPECT_EQ(reply.code(), "unsupported") << path;
    EXPECT_NE(reply.body.find("is not supported yet"), std::string::npos);
  }
}

TEST_F(BadInput, SmallBodiesAreReadStrictly) {
  const auto scale = [](const char* body) {
    return master().send("POST", "/v1/services/shop/web/scale", body);
  };
  for (const char* body : {"", "3", "{}", R"({"replicas":"3"})", R"({"replicas":1.5})", R"({"replica":3})",
                           R"({"replicas":3,"replicas":4})", R"({"replicas":3)"}) {
    const Reply reply = scale(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.code(), "invalid") << body;
  }
}

TEST_F(BadInput, QueriesAreReadStrictly) {
  EXPECT_EQ(master().get("/v1/events?after=x").status, 400);
  EXPECT_EQ(master().get("/v1/apps?tenant=NO").status, 400);
}

TEST_F(BadInput, AReportIsForTheNodeOfItsPath) {
  const std::string token = master().agent_token();
  EXPECT_EQ(master().send("POST", "/v1/nodes/node-1/report", "{", {}, token).status, 400);
  const Reply reply = master().send("POST", "/v1/nodes/node-1/report", R"({"node":"node-2"})", {}, token);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["errors"][0]["field"], "node");
}

TEST_F(BadInput, TheDoorIsClosedForWhatIsNotTheNodes) {
  const std::string token = master().agent_token();
  const Json leader = {{"key", "L2hhbmNvY2svc3RhdGUvbGVhZGVy"}};  // /hancock/state/leader
  EXPECT_EQ(
      master().send("POST", "/v3/kv/range", leader.dump(), {{"X-Hancock-Node", "node-1"}}, token).status,
      403);
  EXPECT_EQ(master().send("POST", "/v3/kv/range", leader.dump(), {}, token).status, 403);
  const Json node = {{"key", "L2hhbmNvY2svbm9kZXMvbm9kZS0x"}};  // /hancock/nodes/node-1
  EXPECT_EQ(master().send("POST", "/v3/kv/range", node.dump(), {{"X-Hancock-Node", "node-1"}}, token).status,
            200);
}

}  // namespace
}  // namespace hancock::test
