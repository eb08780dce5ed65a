// slardar while peers close, die, stall and talk nonsense under a steady load, and while visitors attack.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "faulty_peer.h"
#include "real_gateway.h"
#include "steady_visitor.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// A gateway before three peers of one ledger, and visitors of one path each.
class GatewayFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    registry::Route route = route_of("web", {"shop.test", "*"});
    route.entrances[0].timeouts.connect_ms = 20'000;
    route.entrances[0].retry.tries = 4;
    route.entrances.push_back(route.entrances[0]);  // nobody else is cut because the machine is busy
    route.entrances[1].paths = {"/stall"};
    route.entrances[1].timeouts.response_head_ms = 200;
    for (size_t i = 0; i < 3; ++i) {
      peers_.push_back(std::make_unique<FaultyPeer>(gateway_.loop, ledger_));
      gateway_.put(endpoint_of("web", "t" + std::to_string(i), peers_.back()->port()));
    }
    gateway_.put(route);
    gateway_.start();
    ASSERT_TRUE(gateway_.answers("shop.test", 200));
  }
  SteadyVisitor& visitor(const std::string& path) {
    const std::string name = path.substr(1) + std::to_string(visitors_.size());
    return *visitors_.emplace_back(std::make_unique<SteadyVisitor>(gateway_.loop, gateway_.http, name, path));
  }
  /// Nobody got an answer that the rules avoid, and nothing that is not idempotent was done twice.
  void check() {
    for (const auto& visitor : visitors_) {
      for (const SteadyVisitor::Got& got : visitor->got()) {
        const std::string said = visitor->path() + " " + got.method + " " + got.id + ": " +
                                 std::to_string(got.status) + " " + got.error;
        EXPECT_TRUE(is_fine(visitor->path(), got)) << said;
        if (got.method != "POST") continue;
        EXPECT_LE(ledger_[got.id], 1) << said;
        if (got.status == 200) {
          EXPECT_EQ(ledger_[got.id], 1) << said;
        }
      }
    }
  }
  static bool is_fine(const std::string& path, const SteadyVisitor::Got& got) {
    const bool lost = got.status == 502 && got.error == "peer_closed" && got.is_whole;
    // It had been written when its connection ended.
    if (got.method == "POST" && lost) return true;
    if (path == "/half-head") return lost;
    if (path == "/half-body") return got.status == 200 && !got.is_whole;
    if (path == "/garbage") return got.status == 502 && got.error == "bad_response" && got.is_whole;
    if (path == "/stall") return got.status == 504 && got.error == "head_timeout" && got.is_whole;
    if (path == "/die" && got.method == "POST") return false;
    return got.status == 200 && got.is_whole;
  }

  RealGateway gateway_;
  Ledger ledger_;
  std::vector<std::unique_ptr<FaultyPeer>> peers_;
  std::vector<std::unique_ptr<SteadyVisitor>> visitors_;
};

TEST_F(GatewayFaults, no_fault_of_a_peer_costs_an_answer_that_could_be_had_or_sends_a_post_twice) {
  for (const char* path : {"/ok", "/ok", "/ok", "/ok", "/idle-close", "/idle-close", "/die", "/half-head",
                           "/half-body", "/garbage", "/stall", "/early"})
    visitor(path);
  io::Scope scope;
  for (const auto& each : visitors_) {
    if (each->path() == "/early") each->body_bytes = 300'000;
    scope.spawn(each->ask(each->path() == "/ok" ? 400 : each->path() == "/stall" ? 8 : 60));
  }
  EXPECT_TRUE(gateway_.until([&] { return scope.running() == 0; }, 120s));
  scope.cancel();
  check();
}

TEST_F(GatewayFaults, a_peer_that_is_switched_off_and_on_costs_nobody_an_answer) {
  bool goes_on = true;
  io::Scope scope;
  // As many as may retry at the same time, whatever else is in flight.
  for (int i = 0; i < 3; ++i) scope.spawn(visitor("/ok").ask_while(&goes_on));
  const auto all_go_on = [&](size_t more) {
    const size_t until = visitors_[0]->got().size() + more;
    EXPECT_TRUE(gateway_.until([&] { return visitors_[0]->got().size() >= until; }, 60s));
  };
  for (const auto& peer : peers_) {
    all_go_on(50);
    peer->stop();
    all_go_on(50);
    peer->start();
  }
  all_go_on(50);
  goes_on = false;
  EXPECT_TRUE(gateway_.until([&] { return scope.running() == 0; }, 60s));
  scope.cancel();
  check();
}

/// What others' programs do to a gateway while its visitors go on.
class GatewayAttacked : public GatewayFaults {
 protected:
  /// Runs `argv`; "$URL" in it is the gateway's. What it said.
  std::string meanwhile(std::vector<std::string> argv) {
    for (std::string& each : argv) {
      if (const size_t at = each.find("$URL"); at != std::string::npos)
        each.replace(at, 4, "http://" + gateway_.http.to_string());
    }
    SpawnOptions options;
    options.argv = argv;
    options.log = gateway_.folder / "attack";
    options.death_signal = SIGKILL;
    auto process = Process::spawn(options);
    EXPECT_TRUE(process) << argv[0];
    if (!process) return "";
    bool goes_on = true;
    io::Scope scope;
    for (int i = 0; i < 4; ++i) scope.spawn(visitor("/ok").ask_while(&goes_on));
    EXPECT_TRUE(gateway_.until([&] { return process->wait(BootClock::now()).has_value(); }, 60s));
    goes_on = false;
    EXPECT_TRUE(gateway_.until([&] { return scope.running() == 0; }, 60s));
    scope.cancel();
    EXPECT_FALSE(visitors_.back()->got().empty());
    check();
    return read_file(gateway_.folder / "attack").value_or("");
  }
  std::vector<std::string> slowly(std::vector<std::string> how) {
    std::vector<std::string> argv{"slowhttptest", "-c", "200", "-r", "200", "-i", "1", "-l", "5"};
    argv.insert(argv.end(), how.begin(), how.end());
    return argv;
  }
};

TEST_F(GatewayAttacked, slow_heads) { meanwhile(slowly({"-H", "-u", "$URL/ok"})); }
TEST_F(GatewayAttacked, slow_bodies) { meanwhile(slowly({"-B", "-s", "8192", "-u", "$URL/ok"})); }
TEST_F(GatewayAttacked, slow_readers) { meanwhile(slowly({"-X", "-k", "3", "-u", "$URL/large"})); }
TEST_F(GatewayAttacked, many_ranges) { meanwhile(slowly({"-R", "-u", "$URL/ok"})); }

TEST_F(GatewayAttacked, wrk_beside_them_gets_every_answer) {
  const std::string said = meanwhile({"wrk", "-t1", "-c32", "-d5s", "-H", "Host: shop.test", "$URL/ok"});
  EXPECT_NE(said.find("requests in"), std::string::npos) << said;
  EXPECT_EQ(said.find("Non-2xx"), std::string::npos) << said;
  EXPECT_EQ(said.find("Socket errors"), std::string::npos) << said;
}

}  // namespace
}  // namespace hancock::slardar
