// The status page in a browser: it is shown without a complaint, and keeps itself up to date.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/command.h"
#include "shop.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using Json = nlohmann::json;

class StatusPageInABrowser : public ::testing::Test {
 protected:
  void SetUp() override {
    gateway_.start({"--admin-allow", "127.0.0.1"});  // by a name of ours
    body_["servers"] = {{{"host", "127.0.0.1"}, {"port", gateway_.named_peer("one").port()}},
                        {{"host", "127.0.0.1"}, {"port", free_port(gateway_.loop)}}};
    ASSERT_EQ(gateway_.write("/upstream/shop.test", body_.dump()).status, 200);
    ASSERT_TRUE(gateway_.until([&] {
      const Json servers = Json::parse(gateway_.admin("/status").body)["cls:shop.test"][0];
      return servers[0]["status"] == "ok" && servers[1]["status"] == "err";
    }));
    // By way of the gateway itself, which so counts how often it was asked.
    ASSERT_EQ(gateway_.write("/upstream/status.test", upstream_text(gateway_.admin_address.port())).status,
              200);
  }

  /// What is there after so much of the browser's time, which runs ahead while it waits for nothing.
  CommandOutput browse(std::vector<std::string> more) {
    std::vector<std::string> argv{"chromium",
                                  "--headless",
                                  "--no-sandbox",
                                  "--disable-gpu",
                                  "--disable-dev-shm-usage",
                                  "--enable-logging=stderr",
                                  "--user-data-dir=" + (gateway_.folder / "browser").string(),
                                  "--host-resolver-rules=MAP status.test 127.0.0.1",
                                  "--virtual-time-budget=11000"};
    argv.insert(argv.end(), more.begin(), more.end());
    argv.push_back("http://status.test:" + std::to_string(gateway_.http.port()) + "/status");
    auto done = run_command({.argv = std::move(argv), .timeout = 120s});
    EXPECT_TRUE(done && done->status.ok()) << (done ? done->err : done.error().message);
    return done ? *done : CommandOutput();
  }

  /// The number with that label in the section of that upstream; -1: there is none.
  static int number(const std::string& dom, const std::string& upstream, const std::string& label) {
    const size_t section = dom.find("data-name=\"" + upstream + "\"");
    const std::string mark = "data-label=\"" + label + "\">";
    const size_t at = section == std::string::npos ? section : dom.find(mark, section);
    return at == std::string::npos ? -1 : std::atoi(dom.c_str() + at + mark.size());
  }

  RealGateway gateway_{0};
  Json body_{{"interval", 0.1}};
};

TEST_F(StatusPageInABrowser, it_asks_again_and_shows_what_is_new) {
  const CommandOutput seen = browse({"--dump-dom"});
  EXPECT_NE(seen.out.find(">err<"), std::string::npos) << seen.out;
  EXPECT_NE(seen.out.find("Connection refused"), std::string::npos);
  EXPECT_GE(number(seen.out, "status.test", "Tries"), 3) << "each one of its own";
  EXPECT_EQ(seen.err.find("CONSOLE"), std::string::npos) << seen.err;
}

}  // namespace
}  // namespace hancock::slardar
