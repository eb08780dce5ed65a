// The slardar program on a real etcd that fails under it: what visitors see of
// it, and what it says of itself.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "frozen_thread.h"
#include "shop.h"
#include "slardar/confd/snapshot_file.h"
#include "slardar/upstream/trust.h"
#include "small_disk.h"

namespace hancock::slardar {
namespace {

using namespace testing;

const std::string kRoute = key_of(route_of("web", {}));

TEST(GatewayOutage, started_without_etcd_and_without_a_usable_file_it_waits_and_listens_by_itself) {
  Shop shop;
  const std::string foreign = R"({"format":2,"epoch":1,"revision":5,"known_at":")" +
                              to_rfc3339(system_clock().wall()) +
                              R"(","records":[{"key":"/other/upstreams/u","value":"{}"}]})";
  const std::vector<std::optional<std::string>> files = {std::nullopt, "", "{\"format\":2,\"epo", foreign};
  for (const auto& content : files) {
    if (content) std::ofstream(shop.state.string() + ".snapshot") << *content;
    shop.etcd->member(0).kill();
    shop.launch();
    EXPECT_TRUE(shop.until([&] {
      return shop.admin("/status").body.find("\"last_error\":\"") != std::string::npos;
    })) << "it has tried, and looked at the disk";
    EXPECT_EQ(shop.admin("/readyz").status, 503);
    EXPECT_FALSE(shop.listens());
    ASSERT_TRUE(shop.etcd->member(0).restart());
    EXPECT_TRUE(shop.until([&] { return shop.listens(); }, 30s));
    EXPECT_EQ(shop.body(), "web") << "it had read everything before it listened";
    shop.kill();
    std::filesystem::remove(shop.state.string() + ".snapshot");
  }
}

TEST(GatewayOutage, started_without_etcd_it_serves_a_young_file_and_of_an_old_one_what_operators_named) {
  Shop shop;
  const std::string upstream = upstream_text(shop.port);
  shop.etcd->member(0).kill();
  const WallTime now = system_clock().wall();
  for (const auto& [known_at, status] : {std::pair(now - 1h, 200), std::pair(now - 13h, 503)}) {
    const SavedRecords saved{{1, store::Revision(5)},
                             known_at,
                             {{kRoute, encode(route_of("web", {"shop.test"}))},
                              {key_of(shop.endpoint), encode(shop.endpoint)},
                              {registry::Keys().upstreams() + "u.test", upstream}}};
    ASSERT_TRUE(save_records(shop.state.string() + ".snapshot", saved));
    shop.start();
    const http::Answer answer = shop.get("shop.test", "/");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.headers.get("X-Slardar-Error").value_or(""), status == 503 ? "stale" : "");
    EXPECT_EQ(shop.get("u.test", "/").body, "web");
    EXPECT_EQ(shop.admin("/readyz").status, 503);
    shop.kill();
  }
}

TEST(GatewayOutage, out_of_touch_for_longer_than_it_may_be_it_says_stale_until_it_is_in_touch_again) {
  Shop shop;
  shop.start({"--max-stale", "16s"});
  ASSERT_TRUE(shop.until([&] { return shop.is_ready(); }));
  shop.etcd->member(0).pause();
  EXPECT_EQ(shop.body(), "web");
  EXPECT_TRUE(shop.answers("shop.test", 503, "stale\n", 60s));
  shop.etcd->member(0).resume();
  EXPECT_TRUE(shop.answers("shop.test", 200, "web", 30s));
}

// A pause that is shorter than its lease: the barrier waits for it.
TEST(GatewayOutage, paused_for_a_moment_it_acknowledges_late_and_picks_nobody_who_has_left) {
  Shop shop;
  shop.start();
  ASSERT_EQ(shop.body(), "web");
  shop.pause();
  shop.put(endpoint_of("web", "t2", shop.named_peer("new").port()));
  const auto revision = shop.put(barrier_of("b1", {"t1"}));
  EXPECT_FALSE(shop.has_applied(revision));
  shop.resume();
  EXPECT_TRUE(shop.until([&] { return shop.has_applied(revision); }));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(shop.body(), "new");
}

// Longer than its lease and than etcd's history: its Task may be stopped, its
// port another's.
TEST(GatewayOutage, paused_past_its_lease_and_compaction_it_reads_anew_before_it_picks) {
  Shop shop;
  shop.start();
  ASSERT_EQ(shop.body(), "web");
  shop.pause();
  ASSERT_TRUE(shop.until([&] { return !shop.record(); }, 40s)) << "its lease runs out";
  shop.remove(key_of(shop.endpoint));
  const auto revision = shop.put(endpoint_of("web", "t2", shop.named_peer("new").port()));
  shop.compact();
  const TimePoint resumed = shop.loop.now();
  shop.resume();
  // It reads anew first, and picks by what it knew only when that takes longer than it may wait.
  const std::string first = shop.body();
  const bool waited = shop.loop.now() - resumed >= Trust::kResync;
  EXPECT_TRUE(first == "new" || waited) << "answered " << first;
  EXPECT_TRUE(shop.answers("shop.test", 200, "new"));
  EXPECT_TRUE(shop.until([&] { return shop.has_applied(revision); }));
}

TEST(GatewayOutage, a_worker_that_hangs_ends_the_lease_and_keeps_no_process_that_is_to_end) {
  Shop shop;
  shop.start({"--drain", "1s"});
  ASSERT_TRUE(shop.until([&] { return shop.is_ready(); }));
  {
    const FrozenThread hangs(shop.thread("worker-1"));
    if (!hangs.frozen()) GTEST_SKIP() << "tracing is not allowed here";
    EXPECT_TRUE(shop.until([&] { return !shop.record(); }, 60s));
  }
  EXPECT_TRUE(shop.until([&] { return shop.is_ready(); }, 30s)) << "it answers again";
  FrozenThread hangs(shop.thread("worker-1"));
  shop.ask_to_end();
  EXPECT_TRUE(shop.until([&] { return hangs.ended(); }, 20s));
  EXPECT_EQ(shop.stop(), 1);
}

TEST(GatewayOutage, what_was_compacted_while_it_was_cut_off_is_found) {
  Shop shop;
  shop.start();
  ASSERT_EQ(shop.body(), "web");
  ASSERT_TRUE(shop.etcd->member(0).restart());
  shop.remove(key_of(shop.endpoint));
  shop.put(endpoint_of("web", "t2", shop.named_peer("new").port()));
  shop.compact();
  EXPECT_TRUE(shop.answers("shop.test", 200, "new", 30s));
}

TEST(GatewayOutage, an_old_copy_of_etcd_that_comes_back_is_followed) {
  Shop shop;
  etcd::EtcdProcess& member = shop.etcd->member(0);
  member.stop();
  const std::filesystem::path copy = member.data().string() + ".copy";
  std::filesystem::copy(member.data(), copy, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(member.restart());
  shop.start();
  shop.put(endpoint_of("web", "t1", shop.named_peer("new").port()));
  for (int i = 0; i < 20; ++i) shop.put(registry::Keys().beat(), encode(registry::Beat{1, i}));
  ASSERT_TRUE(shop.answers("shop.test", 200, "new"));
  const store::Revision before = shop.revision();

  member.kill();
  std::filesystem::remove_all(member.data());
  std::filesystem::rename(copy, member.data());
  ASSERT_TRUE(member.restart());
  EXPECT_TRUE(shop.answers("shop.test", 200, "web", 40s));
  EXPECT_TRUE(shop.until(
      [&] {
        const auto said = shop.record();
        return said && said->applied.revision > store::Revision() &&
               said->applied.revision <= shop.revision();
      },
      30s));
  EXPECT_LT(shop.revision(), before);
  const auto revision = shop.put(barrier_of("b1", {"t1"}, 2));
  EXPECT_TRUE(shop.until([&] {
    return shop.record() && shop.record()->applied >= registry::Position{2, revision};
  }));
}

TEST(GatewayOutage, an_etcd_that_was_wiped_is_followed) {
  Shop shop;
  shop.put(registry::Keys().beat(), encode(registry::Beat{5, 1}));
  shop.start();
  ASSERT_TRUE(shop.answers("shop.test", 200, "web"));
  etcd::EtcdProcess& member = shop.etcd->member(0);
  member.kill();
  std::filesystem::remove_all(member.data());
  ASSERT_TRUE(member.restart());
  EXPECT_TRUE(shop.answers("shop.test", 404, "", 40s));
  shop.put(registry::Keys().beat(), encode(registry::Beat{1, 1}));
  const auto revision = shop.put(route_of("web", {"shop.test"}));
  EXPECT_TRUE(shop.answers("shop.test", 503, "no_peer\n"));
  EXPECT_TRUE(shop.until([&] { return shop.has_applied(revision); }, 30s));
  EXPECT_EQ(shop.record()->applied.epoch, 1) << "the epoch of the cluster that is there";
}

// A paused member takes connections and says nothing: its watches bring nothing
// any more.
TEST(GatewayOutage, a_watch_that_has_fallen_silent_is_left) {
  Shop shop(3);
  shop.start();
  ASSERT_EQ(shop.body(), "web");
  for (size_t paused = 0; paused < 3; ++paused) {
    shop.etcd->member(paused).pause();
    const std::string name = "p" + std::to_string(paused);
    const uint16_t port = shop.named_peer(name).port();
    shop.put(endpoint_of("web", "t1", port));
    shop.put(registry::Keys().upstreams() + name + ".test", upstream_text(port));
    EXPECT_TRUE(shop.answers("shop.test", 200, name, 30s));
    EXPECT_TRUE(shop.answers(name + ".test", 200, name, 30s));
    shop.etcd->member(paused).resume();
  }
}

TEST(GatewayOutage, a_burst_is_one_swap) {
  Shop shop;
  shop.start();
  ASSERT_EQ(shop.body(), "web");
  const double before = shop.metric("slardar_snapshot_swaps_total");
  std::vector<std::pair<std::string, std::string>> burst;
  for (int i = 0; i < 120; ++i) {
    const auto endpoint = endpoint_of("web", "b" + std::to_string(i), shop.port);
    burst.emplace_back(key_of(endpoint), encode(endpoint));
  }
  const auto revision = shop.put_all(burst);
  shop.put(barrier_of("b1", {"none"}));  // so that it says what it has applied
  ASSERT_TRUE(shop.until([&] { return shop.has_applied(revision); }));
  EXPECT_LE(shop.metric("slardar_snapshot_swaps_total"), before + 2);
}

TEST(GatewayOutage, records_of_any_size_and_number_that_are_refused_hold_up_no_barrier) {
  Shop shop;
  shop.start();
  for (int i = 0; i < 2; ++i) {
    const std::string host(1'200'000, 'x');
    shop.put(registry::Keys().upstreams() + "huge" + std::to_string(i),
             R"({"servers":[{"host":")" + host + R"(","port":1}]})");
  }
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 120; ++i) many.emplace_back("/hancock/tls/" + std::to_string(i), "{}");
  shop.put_all(many);
  const auto revision = shop.put(barrier_of("b1", {"t1"}));
  ASSERT_TRUE(shop.until([&] { return shop.has_applied(revision); }));
  EXPECT_LE(encode(*shop.record()).size(), 64U << 10);
  EXPECT_GE(shop.record()->refused_more, 20U);
}

TEST(GatewayOutage, a_full_disk_costs_nothing_but_the_file_and_that_is_written_when_there_is_room) {
  Shop shop;
  SmallDisk disk(shop.folder / "disk");
  disk.fill();
  shop.state = disk.path / "state";
  shop.start();
  EXPECT_TRUE(shop.until([&] { return shop.metric("slardar_snapshot_save_failures_total") >= 2; }));
  EXPECT_EQ(shop.body(), "web");
  const std::filesystem::path file = shop.state.string() + ".snapshot";
  EXPECT_FALSE(std::filesystem::exists(file));
  disk.empty();
  EXPECT_TRUE(shop.until([&] { return load_records(file).has_value(); }, 30s));
  shop.kill();
}

}  // namespace
}  // namespace hancock::slardar
