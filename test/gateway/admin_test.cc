// The slardar program and those who change what it serves by its admin API: with a real etcd that several
// use, is flooded or goes away, and without one, killed at any moment.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/testing/kills.h"
#include "io/scope.h"
#include "shop.h"
#include "small_disk.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using Json = nlohmann::json;

/// Requests beside each other, to wherever.
class Callers {
 public:
  explicit Callers(io::Loop& loop) : loop_(loop), client_(loop) {}
  ~Callers() { scope_.cancel(); }

  io::Async<http::Answer> call(io::Address address, http::RequestHead head, std::string body) {
    auto answer =
        co_await client_.fetch(std::move(address), std::move(head), std::move(body), loop_.now() + kPatience);
    co_return answer ? std::move(*answer) : http::Answer();
  }
  void spawn(io::Async<void> work) { scope_.spawn(std::move(work)); }
  size_t running() const { return scope_.running(); }

 private:
  io::Loop& loop_;
  http::Client client_;
  io::Scope scope_;
};

/// Adds servers to the upstream "u", one after the other, as somebody who does not want to undo what others
/// do.
io::Async<void> add_servers(Callers& callers, io::Address admin, int first, int count, int& conflicts) {
  for (int port = first; port < first + count;) {
    http::RequestHead get("GET", "/upstream/u");
    const http::Answer seen = co_await callers.call(admin, std::move(get), "");
    Json servers = Json::array();
    http::Headers condition{{"If-None-Match", "*"}};
    if (seen.status == 200) {
      servers = Json::parse(seen.body)["cluster"][0]["servers"];
      condition = {{"If-Match", std::string(*seen.headers.get("ETag"))}};
    }
    servers.push_back({{"host", "127.0.0.1"}, {"port", port}});
    http::RequestHead put("PUT", "/upstream/u", std::move(condition));
    Json body{{"servers", std::move(servers)}};
    const http::Answer done = co_await callers.call(admin, std::move(put), body.dump());
    const bool is_written = done.status == 200 || done.status == 202;
    if (is_written) ++port;
    if (done.status == 412) ++conflicts;
    if (!is_written && done.status != 412) {
      ADD_FAILURE() << done.status << " " << done.body;
      co_return;
    }
  }
}

TEST(GatewayAdminApi, of_two_admins_none_undoes_what_the_other_did) {
  RealGateway one;
  RealGateway two(one);
  one.start();
  two.start();
  Callers callers(one.loop);
  int conflicts = 0;
  callers.spawn(add_servers(callers, one.admin_address, 1'000, 15, conflicts));
  callers.spawn(add_servers(callers, two.admin_address, 2'000, 15, conflicts));
  ASSERT_TRUE(one.until([&] { return callers.running() == 0; }, 60s));
  EXPECT_GT(conflicts, 0) << "they have not met";
  for (RealGateway* each : {&one, &two}) {
    EXPECT_TRUE(one.until(
        [&] { return Json::parse(each->admin("/upstream/u").body)["cluster"][0]["servers"].size() == 30; }));
  }
}

/// A visitor who comes again and again; never sent to a list that was replaced before he came.
io::Async<void> visit(Callers& callers, io::Address http, const int& live, bool& over, int& visits) {
  while (!over) {
    const int at_least = live;
    http::RequestHead head("GET", "/", {{"Host", "u"}});
    const http::Answer answer = co_await callers.call(http, std::move(head), "");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_GE(std::atoi(answer.body.c_str()), at_least);
    ++visits;
    if (::testing::Test::HasFailure()) co_return;
  }
}

TEST(GatewayAdminApi, after_200_no_request_goes_to_the_old_list) {
  RealGateway gateway;
  gateway.start();
  constexpr int kChanges = 60;
  std::vector<uint16_t> ports;
  for (int i = 0; i < kChanges; ++i) ports.push_back(gateway.named_peer(std::to_string(i)).port());
  ASSERT_EQ(gateway.write("/upstream/u", upstream_text(ports[0])).status, 200);
  Callers callers(gateway.loop);
  int live = 0;
  int visits = 0;
  bool over = false;
  for (int i = 0; i < 8; ++i) callers.spawn(visit(callers, gateway.http, live, over, visits));
  for (int i = 1; i < kChanges; ++i) {
    const http::Answer done = gateway.write("/upstream/u", upstream_text(ports[static_cast<size_t>(i)]));
    ASSERT_EQ(done.status, 200) << done.body;
    live = i;
    const int seen = visits;
    ASSERT_TRUE(gateway.until([&] { return visits >= seen + 10 || HasFailure(); }));
  }
  over = true;
  EXPECT_TRUE(gateway.until([&] { return callers.running() == 0; }));
}

TEST(GatewayAdminApi, while_etcd_is_away_nothing_is_written_and_everything_is_served) {
  Shop shop;
  shop.start();
  ASSERT_EQ(shop.write("/upstream/u", upstream_text(shop.port)).status, 200);
  const std::string before = shop.admin("/upstreams").body;
  const auto stays = [&] {
    EXPECT_EQ(shop.admin("/upstreams").body, before);
    EXPECT_EQ(shop.get("u", "/").body, "web");
  };

  shop.etcd->member(0).kill();
  http::Answer refused = shop.admin("/upstream/u", "PUT", upstream_text(9));
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("nothing was written: "), std::string::npos) << refused.body;
  EXPECT_EQ(shop.admin("/upstream/u", "DELETE").status, 503);
  stays();

  ASSERT_TRUE(shop.etcd->member(0).restart());
  EXPECT_TRUE(shop.until([&] { return shop.is_ready(); }, 30s));
  shop.etcd->member(0).pause();
  refused = shop.admin("/upstream/u", "PUT", upstream_text(9));
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("nothing was written: "), std::string::npos) << refused.body;
  stays();

  shop.etcd->member(0).resume();
  EXPECT_TRUE(shop.until([&] { return shop.is_ready(); }, 30s));
  stays();
  auto& next = shop.named_peer("next");
  EXPECT_TRUE(shop.until(
      [&] { return shop.admin("/upstream/u", "PUT", upstream_text(next.port())).status == 200; }, 30s));
  EXPECT_EQ(shop.get("u", "/").body, "next");
}

/// Puts one upstream after the other, each as often as it is told.
io::Async<void> flood(store::Store& store, int first, int upstreams, int times) {
  for (int time = 1; time <= times; ++time) {
    for (int i = first; i < first + upstreams; ++i) {
      store::Transaction put;
      put.operations.push_back(store::Operation::put(registry::Keys().upstreams() + "f" + std::to_string(i),
                                                     upstream_text(static_cast<uint16_t>(time))));
      auto done = co_await store.commit(std::move(put), BootClock::now() + kPatience);
      if (!done) {
        ADD_FAILURE() << done.error().message;
        co_return;
      }
    }
  }
}

TEST(GatewayAdminApi, in_a_flood_of_ten_thousand_changes_who_is_told_200_is_served_at_once) {
  Shop shop;
  shop.start();
  http::Client client(shop.loop);
  etcd::EtcdStore store(shop.loop, client, shop.etcd->clients());
  Callers callers(shop.loop);
  for (int i = 0; i < 10; ++i) callers.spawn(flood(store, 20 * i, 20, 50));
  int own = 0;
  while (callers.running() > 0 && !HasFailure()) {
    auto& peer = shop.named_peer(std::to_string(++own));
    const http::Answer done = shop.write("/upstream/own", upstream_text(peer.port()));
    ASSERT_EQ(done.status, 200) << done.body;
    ASSERT_EQ(shop.get("own", "/").body, std::to_string(own));
    ASSERT_EQ(shop.body(), "web");
  }
  EXPECT_GT(own, 0);
  EXPECT_TRUE(shop.until([&] {
    const Json all = Json::parse(shop.admin("/upstreams").body);
    for (int i = 0; i < 200; ++i) {
      if (all["f" + std::to_string(i)]["cluster"][0]["servers"][0]["port"] != 50) return false;
    }
    return all.size() == 201;
  }));
  EXPECT_LT(shop.metric("slardar_snapshot_swaps_total"), 10'000);
}

/// Puts ever higher ports, until nobody answers any more.
io::Async<void> put_on(Callers& callers, io::Address admin, int& asked, int& answered) {
  while (true) {
    const int next = ++asked;
    http::RequestHead put("PUT", "/upstream/u");
    const http::Answer done =
        co_await callers.call(admin, std::move(put), upstream_text(static_cast<uint16_t>(next)));
    if (done.status != 200) co_return;
    answered = next;
  }
}

TEST(GatewayAdminApi, killed_at_any_moment_it_comes_back_with_what_was_answered) {
  RealGateway gateway(0);
  gateway.start();
  int asked = 0;
  int answered = 0;
  Kills kills(20);
  while (kills.next()) {
    SCOPED_TRACE(::testing::Message() << kills);
    {
      Callers callers(gateway.loop);
      callers.spawn(put_on(callers, gateway.admin_address, asked, answered));
      const TimePoint strike = gateway.loop.now() + kills.moment(100ms);
      gateway.until([&] { return gateway.loop.now() >= strike; });
      gateway.kill();
    }
    gateway.start();
    const http::Answer found = gateway.admin("/upstream/u");
    if (answered == 0 && found.status == 404) continue;
    ASSERT_EQ(found.status, 200) << found.body;
    const int port = Json::parse(found.body)["cluster"][0]["servers"][0]["port"];
    EXPECT_GE(port, answered);
    EXPECT_LE(port, asked);
    answered = port;
  }
  EXPECT_GT(answered, 20);
}

int port_of(const http::Answer& shown) {
  if (shown.status != 200) return 0;
  return Json::parse(shown.body)["cluster"][0]["servers"][0]["port"];
}

void expect_refusal(const http::Answer& answer) {
  if (answer.body.find("is not known") != std::string::npos) return;  // of a disk that took its time
  EXPECT_NE(answer.body.find("nothing was written"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.headers.get("Retry-After"), "1");
}

/// Somebody who changes "u" until he is stopped, whoever is killed or takes over: asks again until he has an
/// answer.
struct SteadyAdmin {
  int asked = 1'000;
  int answered = 1'000;
  std::set<int> refusals;  // statuses
  bool stopped = false;

  io::Async<void> run(Callers& callers, io::Loop& loop, io::Address admin) {
    while (!stopped) {
      http::RequestHead put("PUT", "/upstream/u");
      const http::Answer done =
          co_await callers.call(admin, std::move(put), upstream_text(static_cast<uint16_t>(++asked)));
      if (done.status == 200 || done.status == 202) answered = asked;
      if (done.status >= 300) {
        refusals.insert(done.status);
        expect_refusal(done);
      }
      if (done.status != 200) co_await loop.sleep_for(10ms);
    }
  }
};

TEST(GatewayAdminApi, what_was_changed_without_etcd_goes_over_to_the_process_that_takes_over) {
  RealGateway gateway(0);
  gateway.start();
  SteadyAdmin admin;
  Callers callers(gateway.loop);
  callers.spawn(admin.run(callers, gateway.loop, gateway.admin_address));
  ASSERT_TRUE(gateway.until([&] { return admin.answered > 1'000; }));
  gateway.start_next();
  EXPECT_EQ(gateway.hand_over(), 0);
  const int before = admin.answered;
  EXPECT_TRUE(gateway.until([&] { return admin.answered > before + 10; }));
  admin.stopped = true;
  EXPECT_TRUE(gateway.until([&] { return callers.running() == 0; }));
  EXPECT_EQ(port_of(gateway.admin("/upstream/u")), admin.answered);
  EXPECT_TRUE(admin.refusals.empty() || admin.refusals == std::set<int>{503});
  EXPECT_EQ(gateway.write("/upstream/u", upstream_text(gateway.named_peer("one").port())).status, 200);
  EXPECT_TRUE(gateway.answers("u", 200, "one"));
}

TEST(GatewayAdminApi, nothing_that_was_answered_is_lost_whoever_is_killed_while_one_takes_over) {
  RealGateway gateway(0);
  gateway.start();
  SteadyAdmin admin;
  Kills kills(6);
  while (kills.next()) {
    SCOPED_TRACE(::testing::Message() << kills);
    {
      Callers callers(gateway.loop);
      callers.spawn(admin.run(callers, gateway.loop, gateway.admin_address));
      gateway.start_next();
      const TimePoint strike = gateway.loop.now() + kills.moment(500ms);
      gateway.until([&] { return gateway.loop.now() >= strike; });
      if (kills.number() % 2 == 0) {
        gateway.kill();
      } else {
        gateway.kill_next();
      }
      const int before = admin.answered;
      EXPECT_TRUE(gateway.until([&] { return admin.answered > before + 1; }, kPatience));
      gateway.kill();
    }
    gateway.start();
    const int port = port_of(gateway.admin("/upstream/u"));
    EXPECT_GE(port, admin.answered);
    EXPECT_LE(port, admin.asked);
    admin.answered = port;
  }
}

TEST(GatewayAdminApi, what_a_full_disk_does_not_take_is_not_written_and_said_so) {
  RealGateway gateway(0);
  SmallDisk disk(gateway.folder / "disk");
  gateway.state = disk.path / "state";
  gateway.start();
  const auto put = [&](uint16_t port) { return gateway.write("/upstream/u", upstream_text(port)); };
  ASSERT_EQ(put(1).status, 200);
  disk.fill();
  const http::Answer refused = put(2);
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(Json::parse(refused.body)["msg"].get<std::string>().substr(0, 21), "nothing was written: ");
  EXPECT_EQ(port_of(gateway.admin("/upstream/u")), 1);
  disk.empty();
  EXPECT_EQ(put(3).status, 200);
  gateway.kill();
  gateway.start();
  EXPECT_EQ(port_of(gateway.admin("/upstream/u")), 3);
  EXPECT_EQ(gateway.stop(), 0);
}

}  // namespace
}  // namespace hancock::slardar
