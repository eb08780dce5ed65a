#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temp_dir.h"
#include "slardar/config/config.h"

namespace hancock::slardar {
namespace {

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "slardar");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string refusal(std::vector<const char*> arguments) {
  const CommandLine line = parse(std::move(arguments));
  EXPECT_FALSE(line.config);
  EXPECT_EQ(line.exit_code, 2);
  return line.text;
}

TEST(CommandLine, reads_every_flag) {
  const CommandLine line = parse({"--http",        "127.0.0.1:8080",
                                  "--http",        ":8081",
                                  "--tcp",         "127.0.0.1:5432=db",
                                  "--tcp-bind",    "127.0.0.1",
                                  "--admin",       "127.0.0.1:0",
                                  "--etcd",        "127.0.0.1:2379,127.0.0.1:2380",
                                  "--prefix",      "/h/",
                                  "--state",       "/tmp/s",
                                  "--id",          "g1",
                                  "--site",        "s1",
                                  "--address",     "10.0.0.1",
                                  "--workers",     "3",
                                  "--drain",       "500ms",
                                  "--drain-delay", "2s"});
  ASSERT_TRUE(line.config) << line.text;
  EXPECT_EQ(line.config->http.size(), 2U);
  EXPECT_EQ(line.config->tcp.at(0).upstream, "db");
  EXPECT_EQ(line.config->etcd.size(), 2U);
  EXPECT_EQ(line.config->workers, 3U);
  EXPECT_EQ(line.config->drain, 500ms);
  EXPECT_EQ(line.config->drain_delay, 2s);
  EXPECT_FALSE(line.config->upgrade);
  const CommandLine next = parse({"--etcd", "127.0.0.1:2379", "--admin", "127.0.0.1:1995", "--upgrade"});
  ASSERT_TRUE(next.config) << next.text;
  EXPECT_TRUE(next.config->upgrade);
}

TEST(CommandLine, wrong_values_are_named_with_what_is_allowed) {
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--http", "nonsense"}),
            "slardar: --http: nonsense: must be IP:PORT, [IPv6]:PORT or :PORT\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--drain", "30", "--workers", "0"}),
            "slardar: --workers: 0: must be 1..256\n"
            "slardar: --drain: 30: must be 0s..365d: a number with ms, s, m, h or d, like 30s\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--tcp", "127.0.0.1:80"}),
            "slardar: --tcp: 127.0.0.1:80: must be ADDR=UPSTREAM\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--prefix", "hancock"}),
            "slardar: --prefix: hancock: must be /NAME/\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--drain-delay", "soon"}),
            "slardar: --drain-delay: soon: must be 0s..365d: a number with ms, s, m, h or d, like 30s\n");
  EXPECT_EQ(
      refusal({"--etcd", "127.0.0.1:2379", "--admin", "127.0.0.1:0", "--upgrade"}),
      "slardar: --admin: 127.0.0.1:0: must name a port: --upgrade finds the process that serves by it\n");
  EXPECT_EQ(refusal({}),
            "slardar: --etcd: missing: must be host:port of etcd's members, comma-separated; or --upstreams "
            "FILE, or --state FILE for what the admin API changes\n");
}

TEST(CommandLine, flags_go_over_the_file) {
  const TempDir folder("slardar_flags");
  const std::string file = folder / "slardar.yaml";
  std::ofstream(file) << "etcd: [127.0.0.1:2379]\nhttp: [\":1\", \":2\"]\ndrain: 1s\nsite: s1\n";
  const CommandLine line = parse({"--config", file.c_str(), "--http", ":3", "--drain", "2s"});
  ASSERT_TRUE(line.config) << line.text;
  ASSERT_EQ(line.config->http.size(), 1U);
  EXPECT_EQ(line.config->http[0].port(), 3);
  EXPECT_EQ(line.config->drain, 2s);
  EXPECT_EQ(line.config->site, "s1");
  EXPECT_EQ(line.config->max_stale, 12h);
}

TEST(CommandLine, check_says_whether_all_is_right_and_starts_nothing) {
  const TempDir folder("slardar_flags");
  const std::string file = folder / "slardar.yaml";
  std::ofstream(file) << "http: [\":1\"]\nupstreams:\n  u: {servers: [{host: 127.0.0.1, port: 80}]}\n";
  const CommandLine right = parse({"--config", file.c_str(), "--check"});
  EXPECT_FALSE(right.config);
  EXPECT_EQ(right.exit_code, 0);
  EXPECT_EQ(right.text, "slardar: flags and files are right\n");
  std::ofstream(file) << "htp: [\":1\"]\nworkers: many\n";
  EXPECT_EQ(refusal({"--config", file.c_str(), "--check"}),
            "slardar: " + file + ":1: htp: unknown key, did you mean http?\n" + "slardar: " + file +
                ":2: workers: many: must be 1..256\n");
}

TEST(CommandLine, certificates_are_looked_at_before_the_start) {
  const TempDir folder("slardar_flags");
  const std::string none = folder / "none.pem";
  const std::string text = refusal(
      {"--etcd", "127.0.0.1:2379", "--https", ":8443", "--certificates", (none + ":" + none).c_str()});
  EXPECT_TRUE(text.starts_with("slardar: certificates: " + none + ": ")) << text;
  const std::string file = folder / "upstreams.json";
  std::ofstream(file) << R"({"u.test": {"servers": [{"host": "127.0.0.1", "port": 80}]}})";
  EXPECT_EQ(refusal({"--upstreams", file.c_str(), "--https", ":8443"}),
            "slardar: --https: without --etcd the certificates are to be named: --certificates CHAIN:KEY\n");
}

TEST(CommandLine, upstreams_of_a_file_are_for_use_without_etcd) {
  const TempDir folder("slardar_flags");
  const std::string file = folder / "upstreams.json";
  std::ofstream(file) << R"({"u.test": {"servers": [{"host": "127.0.0.1", "port": 80}]}})";
  const CommandLine line = parse({"--upstreams", file.c_str()});
  ASSERT_TRUE(line.config) << line.text;
  EXPECT_EQ(line.config->upstreams.at(0).first, "u.test");
  EXPECT_EQ(refusal({"--upstreams", file.c_str(), "--etcd", "127.0.0.1:2379"}),
            "slardar: --upstreams: with --etcd the Registry names the upstreams\n");
}

TEST(CommandLine, who_may_use_a_wider_admin_api_is_to_be_said) {
  const TempDir folder("slardar_flags");
  const std::string tokens = folder / "tokens";
  const char* const etcd = "127.0.0.1:2379";
  EXPECT_EQ(refusal({"--etcd", etcd, "--admin", "0.0.0.0:1995"}),
            "slardar: --admin: 0.0.0.0:1995: must be a loopback address, unless --admin-token-file or "
            "--admin-allow says who may use it\n");
  const CommandLine allowing =
      parse({"--etcd", etcd, "--admin", "0.0.0.0:1995", "--admin-allow", "10.0.0.0/8,127.0.0.1"});
  ASSERT_TRUE(allowing.config) << allowing.text;
  EXPECT_EQ(allowing.config->admin_allow.size(), 2U);
  std::ofstream(tokens) << "short\n";
  EXPECT_EQ(refusal({"--etcd", etcd, "--admin-token-file", tokens.c_str()}),
            "slardar: --admin-token-file: " + tokens + ": a token has at least 16 characters\n");
  std::ofstream(tokens) << "0123456789abcdef\n";
  const std::string file = folder / "slardar.yaml";
  std::ofstream(file) << "etcd: [127.0.0.1:2379]\nadmin: {address: 0.0.0.0:1995, token_file: " << tokens
                      << ", allow: [10.0.0.1]}\n";
  const CommandLine asking = parse({"--config", file.c_str()});
  ASSERT_TRUE(asking.config) << asking.text;
  EXPECT_EQ(asking.config->admin.to_string(), "0.0.0.0:1995");
  EXPECT_EQ(asking.config->admin_tokens, std::vector<std::string>{"0123456789abcdef"});
  EXPECT_EQ(asking.config->admin_allow.size(), 1U);
}

TEST(CommandLine, a_state_alone_is_enough_unless_it_is_broken) {
  const TempDir folder("slardar_flags");
  const std::string state = folder / "state";
  EXPECT_TRUE(parse({"--state", state.c_str()}).config);
  std::ofstream(state) << "{";
  EXPECT_EQ(refusal({"--state", state.c_str(), "--check"}),
            "slardar: --state: " + state + ": not JSON: move it away to start without what it kept\n");
  EXPECT_TRUE(parse({"--state", state.c_str(), "--etcd", "127.0.0.1:2379"}).config) << "it is not read there";
}

TEST(CommandLine, later_flags_are_refused_and_unknown_ones_too) {
  EXPECT_NE(refusal({"--bogus"}).find("--bogus"), std::string::npos);
}

TEST(CommandLine, help_and_version_end_well) {
  EXPECT_EQ(parse({"--version"}).exit_code, 0);
  EXPECT_EQ(parse({"--version"}).text, "slardar 0.1.0\n");
  EXPECT_EQ(parse({"--help"}).exit_code, 0);
}

}  // namespace
}  // namespace hancock::slardar
