// The slardar program and an etcd whose packets get lost on the way: dropped by nftables in a network
// namespace of this program's own, so that nobody is told anything.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "base/command.h"
#include "base/testing/own_network.h"
#include "io/keep_alive.h"
#include "io/tcp.h"
#include "shop.h"

namespace hancock::slardar {
namespace {

using namespace testing;

// The gateway knows etcd by this address; the test itself goes to 127.0.0.1 and is not concerned.
constexpr const char* kFarEtcd = "127.0.0.2";
bool g_has_namespace = false;

void command(std::vector<std::string> argv) {
  const auto done = checked_command({.argv = std::move(argv)});
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
}

/// Before the first test and the first thread.
class LossyWay final : public ::testing::Environment {
 public:
  void SetUp() override {
    g_has_namespace = enter_own_network();
    if (!g_has_namespace) return;
    command({"nft", "add table ip way"});
    command({"nft", "add chain ip way there { type nat hook output priority -100; }"});
    command({"nft", fmt::format("add rule ip way there ip daddr {} dnat to 127.0.0.1", kFarEtcd)});
    command({"nft", "add chain ip way lost { type filter hook input priority 0; }"});
  }
};

[[maybe_unused]] const auto* const g_environment = ::testing::AddGlobalTestEnvironment(new LossyWay);

/// Between kFarEtcd and whoever goes there.
void drop_all() {
  command({"nft", fmt::format("add rule ip way lost ct original ip daddr {} drop", kFarEtcd)});
}
void let_all_pass() { command({"nft", "flush chain ip way lost"}); }

class FarShop : public Shop {
 public:
  FarShop() { etcd_ip = kFarEtcd; }
  ~FarShop() { let_all_pass(); }

  /// Both ways of one connection of the gateway's to etcd; new ones pass.
  void drop(const std::string& connection) {
    command({"nft", fmt::format("add rule ip way lost tcp sport {} drop", connection)});
    command({"nft", fmt::format("add rule ip way lost tcp dport {} drop", connection)});
  }
  /// The gateway's ports of its connections to etcd.
  std::vector<std::string> connections() {
    const auto output =
        checked_command({.argv = {"ss", "-Htn", "state", "established", "dst", kFarEtcd}}).value_or("");
    std::vector<std::string> ports;
    std::istringstream lines(output);
    std::string word;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      for (int i = 0; i < 3; ++i) words >> word;  // two queues, the local address
      ports.push_back(word.substr(word.rfind(':') + 1));
    }
    return ports;
  }
  /// As the leader does it.
  void beat() {
    if (loop.now() < beat_at_) return;
    beat_at_ = loop.now() + 200ms;
    put(registry::Keys().beat(), encode(registry::Beat{1, ++beats_}));
  }
  bool until_with_beats(const std::function<bool()>& holds, Duration within = 30s) {
    return until(
        [&] {
          beat();
          failed += get("shop.test", "/").status != 200;
          return holds();
        },
        within);
  }
  int failed = 0;

 private:
  TimePoint beat_at_{};
  int64_t beats_ = 0;
};

TEST(GatewayNetwork, while_all_packets_are_lost_it_serves_on_and_it_is_in_touch_again_when_they_pass) {
  if (!g_has_namespace) GTEST_SKIP() << "a network namespace needs root";
  FarShop shop;
  shop.start();
  ASSERT_TRUE(shop.until_with_beats([&] { return shop.is_ready(); }));
  for (int round = 0; round < 2; ++round) {
    drop_all();
    EXPECT_TRUE(shop.until_with_beats([&] { return !shop.is_ready(); }, 40s)) << "its lease is past";
    EXPECT_TRUE(shop.until_with_beats([&] { return !shop.record(); }, 40s));
    const std::string name = "n" + std::to_string(round);
    const uint16_t port = shop.named_peer(name).port();
    shop.put(endpoint_of("web", "t1", port));
    shop.put(registry::Keys().upstreams() + name + ".test", upstream_text(port));
    let_all_pass();
    EXPECT_TRUE(shop.until_with_beats([&] { return shop.body() == name; }));
    EXPECT_TRUE(shop.until_with_beats([&] { return shop.get(name + ".test", "/").body == name; }));
    EXPECT_TRUE(shop.until_with_beats([&] { return shop.is_ready(); }));
  }
  EXPECT_EQ(shop.failed, 0);
}

// As a firewall does with a connection that it has forgotten.
TEST(GatewayNetwork, each_connection_that_is_lost_on_the_way_is_noticed) {
  if (!g_has_namespace) GTEST_SKIP() << "a network namespace needs root";
  FarShop shop;
  shop.start();
  ASSERT_TRUE(shop.until_with_beats([&] { return shop.is_ready(); }));
  const std::vector<std::string> connections = shop.connections();
  ASSERT_GE(connections.size(), 2U) << "two watches";
  for (const std::string& lost : connections) {
    shop.drop(lost);
    const std::string name = "c" + lost;
    const uint16_t port = shop.named_peer(name).port();
    shop.put(endpoint_of("web", "t1", port));
    shop.put(registry::Keys().upstreams() + name + ".test", upstream_text(port));
    EXPECT_TRUE(shop.until_with_beats([&] { return shop.body() == name; }));
    EXPECT_TRUE(shop.until_with_beats([&] { return shop.get(name + ".test", "/").body == name; }));
  }
  EXPECT_EQ(shop.failed, 0);
}

/// False: nothing has happened within a minute.
io::Async<bool> a_lost_connection_ends(io::Loop& loop) {
  auto listener = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));
  const io::Address far = *io::Address::of(kFarEtcd, listener->address().port());
  auto stream = co_await io::connect(loop, far, loop.now() + 5s);
  EXPECT_TRUE(stream);
  if (!stream) co_return false;
  auto other_end = co_await listener->accept();
  io::keep_alive(**stream, 4s);
  drop_all();
  const TimePoint deadline = loop.now() + 1min;
  std::array<char, 16> buffer{};
  const auto got = co_await (*stream)->recv(buffer, deadline);
  let_all_pass();
  co_return !got && loop.now() < deadline;
}

// Nothing is sent on it, and nobody says that it is over.
TEST(KeepAlive, a_connection_whose_other_end_has_vanished_is_ended) {
  if (!g_has_namespace) GTEST_SKIP() << "a network namespace needs root";
  io::Loop loop;
  EXPECT_TRUE(loop.block_on(a_lost_connection_ends(loop)));
}

}  // namespace
}  // namespace hancock::slardar
