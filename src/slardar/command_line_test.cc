#include <gtest/gtest.h>

#include "slardar/config.h"

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
  const CommandLine line = parse({"--http",     "127.0.0.1:8080",
                                  "--http",     ":8081",
                                  "--tcp",      "127.0.0.1:5432=db",
                                  "--tcp-bind", "127.0.0.1",
                                  "--admin",    "127.0.0.1:0",
                                  "--etcd",     "127.0.0.1:2379,127.0.0.1:2380",
                                  "--prefix",   "/h/",
                                  "--state",    "/tmp/s",
                                  "--id",       "g1",
                                  "--site",     "s1",
                                  "--address",  "10.0.0.1",
                                  "--workers",  "3",
                                  "--drain",    "500ms"});
  ASSERT_TRUE(line.config) << line.text;
  EXPECT_EQ(line.config->http.size(), 2U);
  EXPECT_EQ(line.config->tcp.at(0).upstream, "db");
  EXPECT_EQ(line.config->etcd.size(), 2U);
  EXPECT_EQ(line.config->workers, 3U);
  EXPECT_EQ(line.config->drain, 500ms);
}

TEST(CommandLine, wrong_values_are_named_with_what_is_allowed) {
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--http", "nonsense"}),
            "slardar: --http: nonsense: IP:PORT, [IPv6]:PORT or :PORT is allowed\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--drain", "30"}),
            "slardar: --drain: 30: a number with ms, s, m, h or d is allowed, "
            "at most 365d\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--workers", "0"}),
            "slardar: --workers: 0: 1 to 256 is allowed\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--tcp", "127.0.0.1:80"}),
            "slardar: --tcp: 127.0.0.1:80: ADDR=UPSTREAM is allowed\n");
  EXPECT_EQ(refusal({"--etcd", "127.0.0.1:2379", "--prefix", "hancock"}),
            "slardar: --prefix: hancock: /NAME/ is allowed\n");
  EXPECT_EQ(refusal({}),
            "slardar: --etcd: missing: host:port of etcd's "
            "members, comma-separated, is needed\n");
}

TEST(CommandLine, later_flags_are_refused_and_unknown_ones_too) {
  EXPECT_EQ(refusal({"--https", ":443"}), "slardar: --https: :443: not supported yet\n");
  EXPECT_EQ(refusal({"--upgrade"}), "slardar: --upgrade: not supported yet\n");
  EXPECT_NE(refusal({"--bogus"}).find("--bogus"), std::string::npos);
}

TEST(CommandLine, help_and_version_end_well) {
  EXPECT_EQ(parse({"--version"}).exit_code, 0);
  EXPECT_EQ(parse({"--version"}).text, "slardar 0.1.0\n");
  EXPECT_EQ(parse({"--help"}).exit_code, 0);
}

}  // namespace
}  // namespace hancock::slardar
