// `slardar --upgrade`: one process takes over from another under load, and whoever is killed meanwhile leaves
// the other one serving.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/command.h"
#include "base/file.h"
#include "shop.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// A program that runs while this one's peers answer.
class Load {
 public:
  Load(const Shop& shop, std::string name, std::vector<std::string> argv) : log_(shop.folder / name) {
    SpawnOptions options;
    options.argv = std::move(argv);
    options.log = log_;
    options.death_signal = SIGKILL;
    auto started = Process::spawn(options);
    if (!started) ADD_FAILURE() << started.error().message;
    process_ = std::move(*started);
  }
  /// What it wrote, once it has ended.
  std::string output(RealGateway& gateway) {
    EXPECT_TRUE(gateway.until([&] { return process_->wait(BootClock::now()).has_value(); }, 60s));
    return read_file(log_).value_or("");
  }

 private:
  const std::filesystem::path log_;
  std::optional<Process> process_;
};

/// A shop behind HTTP, HTTPS and a TCP port of a route's.
class UpgradedShop : public Shop {
 public:
  UpgradedShop() {
    put(tcp_route_of("db", tcp.port()));
    put(endpoint_of("db", "t2", scripted_peer(std::deque<ScriptedPeer::Script>(1000, {"answer"})).port()));
    const std::string pair = folder / "shop";
    const auto made = checked_command(
        {.argv = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=shop.test",
                  "-days", "1", "-keyout", pair + ".key", "-out", pair + ".pem"}});
    EXPECT_TRUE(made);
    start({"--id", "gateway-1", "--https", https.to_string(), "--certificates",
           pair + ".pem:" + pair + ".key"});
    EXPECT_TRUE(until([&] { return is_ready() && can_connect(tcp); }));
  }
  bool can_connect(const io::Address& address) {
    return static_cast<bool>(loop.block_on(io::connect(loop, address, loop.now() + 1s)));
  }
  Load wrk(const std::string& name, const std::string& scheme, const io::Address& at,
           const std::string& field) {
    return Load(*this, name,
                {"wrk", "-t1", "-c8", "-d8", "-H", "Host: shop.test", "-H", field,
                 fmt::format("{}://{}/", scheme, at.to_string())});
  }
  /// Ids of this gateway's processes.
  std::vector<std::string> ids() {
    std::vector<std::string> all;
    for (const auto& each : records()) all.push_back(each.id);
    return all;
  }
  bool is_alone_again() { return ids() == std::vector<std::string>{"gateway-1"}; }
  /// Two processes have a record, the newer one serves.
  bool is_shared() {
    const auto all = records();
    return all.size() == 2 && all[1].applied != registry::Position() && admin_says_draining();
  }
  /// A stream through the present process's port, to the Task "t2".
  Visitor stream() {
    Visitor visitor(loop, tcp);
    visitor.send("question");
    return visitor;
  }
  void finish(Visitor& stream) {
    stream.send("\r\n\r\n");
    EXPECT_EQ(stream.rest(), "answer");
    stream.close();
  }
  std::string start_time() {
    const std::string status = admin("/status").body;
    const size_t at = status.find("start_time");
    return at == std::string::npos ? "" : status.substr(at, 40);
  }

  const io::Address https = *io::Address::of("127.0.0.1", free_port(loop));
  const io::Address tcp = *io::Address::of("127.0.0.1", free_port(loop));

 private:
  bool admin_says_draining() {
    return read_file(folder / "slardar.log").value_or("").find("serves: draining") != std::string::npos;
  }
};

void expect_no_failure(const std::string& output) {
  EXPECT_NE(output.find("requests in"), std::string::npos) << output;
  EXPECT_EQ(output.find("Socket errors"), std::string::npos) << output;
  EXPECT_EQ(output.find("Non-2xx"), std::string::npos) << output;
}

TEST(Upgrade, no_request_fails_under_load_when_more_and_when_fewer_workers_take_over) {
  UpgradedShop shop;
  Load kept = shop.wrk("kept", "http", shop.http, "X-A: b");
  Load fresh = shop.wrk("fresh", "http", shop.http, "Connection: close");
  Load encrypted = shop.wrk("encrypted", "https", shop.https, "Connection: close");
  for (const char* workers : {"3", "1"}) {
    shop.start_next({}, workers);
    EXPECT_EQ(shop.hand_over(), 0);
    EXPECT_TRUE(shop.until([&] { return shop.is_alone_again(); }));
  }
  expect_no_failure(kept.output(shop));
  expect_no_failure(fresh.output(shop));
  expect_no_failure(encrypted.output(shop));
  EXPECT_EQ(shop.stop(), 0);
  EXPECT_TRUE(shop.records().empty());
}

TEST(Upgrade, while_two_processes_live_a_barrier_waits_for_both) {
  UpgradedShop shop;
  Visitor visitor = shop.stream();
  shop.start_next();
  ASSERT_TRUE(shop.until([&] { return shop.is_shared(); }));
  const auto barrier = shop.put(barrier_of("b1", {"t2"}));
  ASSERT_TRUE(shop.until([&] {
    const auto all = shop.records();
    const bool applied =
        all.size() == 2 && all[0].applied.revision >= barrier && all[1].applied.revision >= barrier;
    return applied && all[0].in_flight == std::map<std::string, uint64_t>{{"t2", 1}};
  })) << "the older one still carries the stream";
  EXPECT_EQ(shop.records()[0].id, "gateway-1");
  shop.finish(visitor);
  EXPECT_EQ(shop.hand_over(), 0);
  EXPECT_TRUE(shop.until([&] { return shop.is_alone_again() && shop.has_applied(barrier); }));
  EXPECT_EQ(shop.body(), "web");
  EXPECT_TRUE(shop.is_ready());
}

TEST(Upgrade, a_next_one_that_cannot_start_changes_nothing) {
  UpgradedShop shop;
  const std::string since = shop.start_time();
  shop.start_next({}, "none");
  EXPECT_EQ(shop.wait_for_next(), 2);
  shop.start_next({"--http", "192.0.2.1:80"});  // no address of this machine's
  EXPECT_EQ(shop.wait_for_next(), 1);
  EXPECT_EQ(shop.body(), "web");
  EXPECT_TRUE(shop.can_connect(shop.tcp));
  EXPECT_EQ(shop.start_time(), since);
  EXPECT_TRUE(shop.until([&] { return shop.is_alone_again(); }, 20s));
}

TEST(Upgrade, a_next_one_that_is_killed_before_it_is_ready_changes_nothing) {
  UpgradedShop shop;
  shop.etcd->member(0).pause();
  shop.start_next();
  ASSERT_TRUE(shop.until([&] {
    return read_file(shop.folder / "slardar.log").value_or("").find("wants to take over") !=
           std::string::npos;
  }));
  shop.kill_next();
  shop.etcd->member(0).resume();
  EXPECT_EQ(shop.body(), "web");
  EXPECT_TRUE(shop.until([&] { return shop.is_alone_again() && shop.is_ready(); }));
  shop.start_next();
  EXPECT_EQ(shop.hand_over(), 0);
  EXPECT_EQ(shop.body(), "web");
}

TEST(Upgrade, when_the_next_one_is_killed_while_the_first_drains_the_first_serves_again) {
  UpgradedShop shop;
  Visitor visitor = shop.stream();
  shop.start_next();
  ASSERT_TRUE(shop.until([&] { return shop.is_shared(); }));
  shop.kill_next();
  EXPECT_TRUE(shop.answers("shop.test", 200, "web"));
  EXPECT_TRUE(shop.until([&] { return shop.is_ready(); }));
  EXPECT_TRUE(shop.can_connect(shop.tcp));
  shop.finish(visitor);
  EXPECT_TRUE(shop.until([&] { return shop.is_alone_again(); }, 30s)) << "the lease of the other is past";
  shop.start_next();
  EXPECT_EQ(shop.hand_over(), 0);
  EXPECT_EQ(shop.body(), "web");
}

TEST(Upgrade, when_the_first_is_killed_the_next_one_serves_under_its_id) {
  UpgradedShop shop;
  shop.etcd->member(0).pause();
  shop.start_next();
  ASSERT_TRUE(shop.until([&] {
    return read_file(shop.folder / "slardar.log").value_or("").find("wants to take over") !=
           std::string::npos;
  }));
  shop.kill();  // before the next one has its sockets
  shop.etcd->member(0).resume();
  EXPECT_TRUE(shop.answers("shop.test", 200, "web"));
  EXPECT_TRUE(shop.until([&] { return shop.can_connect(shop.tcp); }));
  EXPECT_TRUE(shop.until([&] { return shop.is_alone_again() && shop.is_ready(); }));
}

TEST(Upgrade, without_a_first_one_it_starts_as_ever) {
  RealGateway gateway;
  gateway.start({"--upgrade", "--id", "gateway-1"});
  EXPECT_TRUE(gateway.until([&] { return gateway.record().has_value(); }));
  EXPECT_EQ(gateway.record()->id, "gateway-1");
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(Upgrade, a_tls_session_goes_on_in_the_next_process) {
  UpgradedShop shop;
  const std::string session = shop.folder / "session";
  const auto connect = [&](const std::string& what) {
    const auto done = run_command({.argv = {"openssl", "s_client", "-connect", shop.https.to_string(),
                                            "-tls1_2", "-servername", "shop.test", what, session}});
    return done ? done->out : "";
  };
  EXPECT_NE(connect("-sess_out").find("New, "), std::string::npos);
  EXPECT_NE(connect("-sess_in").find("Reused, "), std::string::npos);
  shop.start_next();
  EXPECT_EQ(shop.hand_over(), 0);
  EXPECT_NE(connect("-sess_in").find("Reused, "), std::string::npos);
}

}  // namespace
}  // namespace hancock::slardar
