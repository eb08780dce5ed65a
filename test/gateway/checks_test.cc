// What checks find out of other people's servers: MariaDB, redis, nginx, gRPC for Python.
#include "slardar/check/checks.h"

#include <gtest/gtest.h>

#include <csignal>
#include <deque>

#include "base/command.h"
#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "io/testing/certificates.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar {
namespace {

io::Async<void> sleep(io::Loop& loop) { co_await loop.sleep_for(20ms); }

class RealChecks : public ::testing::Test {
 protected:
  ~RealChecks() override {
    for (Process& each : servers_) end(each, SIGKILL);
    if (!HasFailure()) return;
    if (const auto log = read_file(folder_ / "log")) std::fputs(log->c_str(), stderr);
  }
  Process& start(std::vector<std::string> argv) {
    SpawnOptions options;
    options.argv = std::move(argv);
    options.directory = folder_.path();
    options.log = folder_ / "log";
    options.death_signal = SIGKILL;
    auto started = Process::spawn(options);
    EXPECT_TRUE(started) << started.error().message;
    return servers_.emplace_back(std::move(*started));
  }
  static void end(Process& server, int signal) {
    static_cast<void>(server.send_signal(signal));
    static_cast<void>(server.wait(BootClock::now() + 20s));
  }
  uint16_t port() { return testing::free_port(loop_); }
  Result<CheckFacts> check(const std::string& kind, uint16_t at) {
    const CheckTarget target{*io::Address::of("127.0.0.1", at), tls_};
    const CheckRun run = find_check(kind);
    return loop_.block_on(run(loop_, target, options_, loop_.now() + 10s));
  }
  /// "" when it is well.
  std::string said(const std::string& kind, uint16_t at) {
    const auto facts = check(kind, at);
    return facts ? facts->unstable : facts.error().message;
  }
  bool until(const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + 60s;
    while (!holds() && loop_.now() < deadline) loop_.block_on(sleep(loop_));
    return holds();
  }

  io::Loop loop_;
  CheckOptions options_;
  PeerTlsPtr tls_;
  const TempDir folder_{"slardar_checks"};
  std::deque<Process> servers_;
};

TEST_F(RealChecks, mariadb) {
  const std::string data = folder_ / "data";
  const auto made = run_command({.argv = {"mariadb-install-db", "--no-defaults", "--user=root",
                                          "--datadir=" + data, "--skip-test-db", "--innodb-log-file-size=4M"},
                                 .timeout = 100s});
  ASSERT_TRUE(made && made->status.ok()) << (made ? made->out + made->err : made.error().message);
  const std::string users = folder_ / "users.sql";
  ASSERT_TRUE(write_file(users,
                         "CREATE DATABASE shop;\n"
                         "CREATE USER watch@'127.0.0.1' IDENTIFIED BY 'secret';\n"
                         "CREATE USER open@'127.0.0.1';\n"
                         "CREATE USER signer@'127.0.0.1' IDENTIFIED VIA ed25519 USING PASSWORD('secret');\n"
                         "GRANT SELECT ON shop.* TO watch@'127.0.0.1';\n"));
  const uint16_t at = port();
  Process& server = start({"mariadbd", "--no-defaults", "--user=root", "--datadir=" + data,
                           "--skip-name-resolve", "--bind-address=127.0.0.1", "--port=" + std::to_string(at),
                           "--init-file=" + users, "--socket=" + (folder_ / "sock").string(),
                           "--innodb-log-file-size=4M", "--pid-file=" + (folder_ / "pid").string(),
                           "--max-connect-errors=5", "--plugin-load-add=auth_ed25519"});
  EXPECT_NE(said("mysql", at), "") << "it is not there yet";
  options_.user = "watch";
  options_.password = "secret";
  options_.name = "shop";
  ASSERT_TRUE(until([&] { return said("mysql", at).empty(); })) << said("mysql", at);
  options_.name = "till";
  EXPECT_TRUE(
      said("mysql", at).starts_with("1044: Access denied for user 'watch'@'127.0.0.1' to database 'till'"))
      << said("mysql", at);
  options_.name.clear();
  options_.password = "wrong";
  EXPECT_TRUE(said("mysql", at).starts_with("1045: Access denied for user 'watch'")) << said("mysql", at);
  options_.user = "open";
  options_.password.clear();
  EXPECT_EQ(said("mysql", at), "");
  options_ = {};
  // Neither shuts the server this address out for it (max_connect_errors).
  for (int i = 0; i < 20; ++i) ASSERT_EQ(said("mysql", at), "") << "without a user";
  options_.user = "signer";
  options_.password = "secret";
  EXPECT_TRUE(said("mysql", at).starts_with("the server asks for client_ed25519")) << said("mysql", at);
  end(server, SIGTERM);
  EXPECT_NE(said("mysql", at).find("Connection refused"), std::string::npos);
}

TEST_F(RealChecks, redis_and_its_replica) {
  const uint16_t master = port();
  const auto redis = [&](uint16_t at, std::vector<std::string> more) -> Process& {
    std::vector<std::string> argv{
        "redis-server",         "--port", std::to_string(at), "--bind", "127.0.0.1", "--save", "", "--dir",
        folder_.path().string()};
    argv.insert(argv.end(), more.begin(), more.end());
    return start(std::move(argv));
  };
  Process& first = redis(master, {"--requirepass", "secret", "--user", "watch", "on", ">word", "+ping"});
  options_.password = "secret";
  ASSERT_TRUE(until([&] { return said("redis", master).empty(); })) << said("redis", master);
  const auto facts = check("redis", master);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->redis_version.starts_with("7.")) << facts->redis_version;
  EXPECT_EQ(facts->replication.at("role"), "master");
  options_.password = "wrong";
  EXPECT_TRUE(said("redis", master).starts_with("AUTH: -WRONGPASS")) << said("redis", master);
  options_.password.clear();
  EXPECT_TRUE(said("redis", master).starts_with("PING: -NOAUTH")) << said("redis", master);
  options_.user = "watch";
  options_.password = "word";
  EXPECT_EQ(said("redis", master), "") << "who may not ask for INFO";

  options_ = {};
  const uint16_t replica = port();
  redis(replica, {"--replicaof", "127.0.0.1", std::to_string(master), "--masterauth", "secret"});
  ASSERT_TRUE(until([&] { return said("redis", replica).empty(); })) << said("redis", replica);
  const auto linked = check("redis", replica);
  EXPECT_EQ(linked->replication.at("role"), "slave");
  EXPECT_EQ(linked->replication.at("master_port"), std::to_string(master));
  EXPECT_EQ(linked->replication.at("master_link_status"), "up");
  end(first, SIGKILL);
  EXPECT_TRUE(until([&] { return said("redis", replica) == "master link status: down"; }))
      << said("redis", replica);
}

TEST_F(RealChecks, nginx) {
  const uint16_t at = port();
  const std::string path = folder_.path().string();
  ASSERT_TRUE(
      write_file(folder_ / "conf", "daemon off; master_process off; pid " + path +
                                       "/pid; error_log stderr; events {}\n"
                                       "http { access_log off; server { listen 127.0.0.1:" +
                                       std::to_string(at) +
                                       "; location = /up { return 204; } location / { return 502; } } }\n"));
  start({"/usr/sbin/nginx", "-e", path + "/errors", "-c", path + "/conf", "-p", path});
  options_.statuses = {{502, false}};
  ASSERT_TRUE(until([&] { return said("http", at) == "status 502"; })) << said("http", at);
  options_.query = "GET /up HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(said("http", at), "");
  options_.query = "nonsense\r\n\r\n";
  options_.statuses = {{400, false}};
  EXPECT_EQ(said("http", at), "status 400");
}

TEST_F(RealChecks, nginx_by_tls) {
  const uint16_t at = port();
  const std::string path = folder_.path().string();
  io::testing::TestCa ca;
  const io::testing::PemPair pem = ca.issue({"shop.test"});
  ASSERT_TRUE(write_file(folder_ / "ca.pem", ca.pem()) && write_file(folder_ / "chain.pem", pem.chain) &&
              write_file(folder_ / "key.pem", pem.key));
  ASSERT_TRUE(write_file(folder_ / "conf", "daemon off; master_process off; pid " + path +
                                               "/pid; error_log stderr; events {}\n"
                                               "http { access_log off; server { listen 127.0.0.1:" +
                                               std::to_string(at) + " ssl; ssl_certificate " + path +
                                               "/chain.pem; ssl_certificate_key " + path +
                                               "/key.pem; location / { return 204; } } }\n"));
  start({"/usr/sbin/nginx", "-e", path + "/errors", "-c", path + "/conf", "-p", path});
  io::TlsClientOptions trust;
  trust.ca = path + "/ca.pem";
  tls_ = std::make_shared<const PeerTls>(trust, "shop.test");
  ASSERT_TRUE(until([&] { return said("http", at).empty(); })) << said("http", at);
  tls_ = std::make_shared<const PeerTls>(trust, "other.test");
  EXPECT_NE(said("http", at).find("mismatch"), std::string::npos) << said("http", at);
  tls_ = nullptr;
  options_.statuses = {{400, false}};
  EXPECT_EQ(said("http", at), "status 400") << "plain HTTP where TLS is expected";
}

TEST_F(RealChecks, grpc_for_python) {
  const uint16_t at = port();
  const std::string well = folder_ / "well";
  ASSERT_TRUE(write_file(well, ""));
  start({"/usr/bin/python3", GRPC_HEALTH, std::to_string(at), well});
  ASSERT_TRUE(until([&] { return said("grpc", at).empty(); })) << said("grpc", at);
  options_.name = "shop";
  EXPECT_EQ(said("grpc", at), "");
  options_.name = "till";
  EXPECT_EQ(said("grpc", at), "grpc-status 5: unknown service");
  options_.name.clear();
  std::filesystem::remove(well);
  EXPECT_EQ(said("grpc", at), "NOT_SERVING");
}

}  // namespace
}  // namespace hancock::slardar
