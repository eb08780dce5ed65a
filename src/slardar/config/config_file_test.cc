#include "slardar/config/config_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "base/testing/temp_dir.h"
#include "slardar/config/config_schema.h"

namespace hancock::slardar {
namespace {

class ConfigFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }
  /// The mistakes without the file's name.
  std::vector<std::string> mistakes(const std::string& text) {
    Config config;
    auto lines = read_config_file(write(text), config);
    for (std::string& each : lines) {
      EXPECT_TRUE(each.starts_with(path_ + ":"));
      each.erase(0, path_.size() + 1);
    }
    return lines;
  }
  using Lines = std::vector<std::string>;

  const TempDir folder_{"slardar_config"};
  const std::string path_ = folder_ / "slardar.yaml";
};

constexpr const char* kEverything = R"(http: [":8080", "127.0.0.1:0"]
https: [":8443"]
certificates: ["/a.pem:/a.key", {chain: /b.pem, key: /b.key}]
tcp: ["127.0.0.1:5432=db"]
tcp_bind: 127.0.0.1
admin: 127.0.0.1:1996
etcd: [127.0.0.1:2379, "http://127.0.0.1:2380"]
prefix: /h/
state: /var/lib/slardar/state
id: g1
site: s1
address: 10.0.0.1
workers: 3
drain: 500ms
max_stale: 1h
upstreams:
  db: {servers: [{host: 127.0.0.1, port: 5433, weight: 2}]}
  hello.test:
    cluster:
      - servers:
          - {host: 127.0.0.1, port: 9000}
)";

TEST_F(ConfigFile, every_key_is_read) {
  Config config;
  ASSERT_EQ(read_config_file(write(kEverything), config), Lines());
  EXPECT_EQ(config.http.size(), 2U);
  EXPECT_EQ(config.https.at(0).port(), 8443);
  EXPECT_EQ(config.certificates.at(0).key, "/a.key");
  EXPECT_EQ(config.certificates.at(1).chain, "/b.pem");
  EXPECT_EQ(config.tcp.at(0).upstream, "db");
  EXPECT_EQ(config.tcp_bind, "127.0.0.1");
  EXPECT_EQ(config.admin.port(), 1996);
  EXPECT_EQ(config.etcd.at(1).port(), 2380);
  EXPECT_EQ(config.prefix, "/h/");
  EXPECT_EQ(config.state, "/var/lib/slardar/state");
  EXPECT_EQ(config.id, "g1");
  EXPECT_EQ(config.site, "s1");
  EXPECT_EQ(config.address, "10.0.0.1");
  EXPECT_EQ(config.workers, 3U);
  EXPECT_EQ(config.drain, 500ms);
  EXPECT_EQ(config.max_stale, 1h);
  ASSERT_EQ(config.upstreams.size(), 2U);
  EXPECT_EQ(config.upstreams[0].first, "db");
  EXPECT_EQ(config.upstreams[0].second, R"({"servers":[{"host":"127.0.0.1","port":5433,"weight":2}]})");
}

TEST_F(ConfigFile, each_mistake_has_its_line) {
  EXPECT_EQ(mistakes("http: [nonsense]\nworker: 2\ndrain: soon\n"),
            (Lines{"1: http[0]: nonsense: must be IP:PORT, [IPv6]:PORT or :PORT",
                   "2: worker: unknown key, did you mean workers?",
                   "3: drain: soon: must be 0s..365d: a number with ms, s, m, h or d, like 30s"}));
  EXPECT_EQ(
      mistakes("workers: 0\nadmin: nowhere\n"),
      (Lines{"1: workers: 0: must be 1..256", "2: admin: nowhere: must be IP:PORT, [IPv6]:PORT or :PORT"}));
  EXPECT_EQ(mistakes("certificates: [a.pem]\n"),
            Lines{"1: certificates[0]: a.pem: must be CHAIN:KEY, two files, or {chain: FILE, key: FILE}"});
  EXPECT_EQ(mistakes("certificates: [{chain: /b.pem}]\n").size(), 1U);
  EXPECT_EQ(mistakes("site: a\nsite: b\n"), Lines{"2: site: key written twice, first in line 1"});
  EXPECT_EQ(mistakes("htp: [\":443\"]\n"), Lines{"1: htp: unknown key, did you mean http?"});
  EXPECT_EQ(mistakes("[]\n").size(), 1U);
  EXPECT_EQ(mistakes("http: [\n").size(), 1U);
}

TEST_F(ConfigFile, lists_hold_what_a_large_gateway_has_and_say_how_much_that_is) {
  const auto ports = [](int count) {
    std::string text = "http: [";
    for (int i = 0; i < count; ++i) text += "\"127.0.0.1:" + std::to_string(10'000 + i) + "\", ";
    return text + "]\n";
  };
  Config config;
  EXPECT_EQ(read_config_file(write(ports(1'000)), config), Lines());
  EXPECT_EQ(config.http.size(), 1'000U);
  EXPECT_EQ(mistakes(ports(1'001)), Lines{"1: http: […]: must be at most 1000 items"});

  std::string servers = "upstreams:\n  big:\n    servers:\n";
  for (int i = 0; i < 2'000; ++i)
    servers += "      - {host: 10.0.0.1, port: " + std::to_string(i + 1) + "}\n";
  EXPECT_EQ(read_config_file(write(servers), config), Lines());
  EXPECT_NE(config.upstreams.at(0).second.find(R"("port":2000})"), std::string::npos);
}

TEST_F(ConfigFile, a_mistake_in_an_upstream_has_its_line_too) {
  EXPECT_EQ(mistakes(R"(upstreams:
  a:
    servers:
      - {host: 127.0.0.1, port: 80}
      - {host: 127.0.0.1, port: 0}
  b:
    mode: magic
    servers: [{host: 127.0.0.1, port: 80}]
  c/d: {servers: [{host: 127.0.0.1, port: 80}]}
  e: {servers: [{host: 127.0.0.1, port: 80, port: 81}]}
  f: []
)"),
            (Lines{"5: upstreams.a.servers[1].port: 0: a whole number from 1 to 65535 is allowed",
                   "7: upstreams.b.mode: magic: no such balancer",
                   "9: upstreams.c/d: key must be 1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.'",
                   "10: upstreams.e.servers[0].port: key written twice, first in line 10",
                   "11: upstreams.f: body invalid"}));
}

TEST_F(ConfigFile, a_file_of_upstreams_is_the_map_itself) {
  Config config;
  EXPECT_EQ(
      read_upstreams_file(write(R"({"u.test": {"servers": [{"host": "127.0.0.1", "port": 80}]}})"), config),
      Lines());
  ASSERT_EQ(config.upstreams.size(), 1U);
  EXPECT_EQ(config.upstreams[0].first, "u.test");
  EXPECT_EQ(read_upstreams_file(write("u.test:\n  servers: []\n"), config),
            Lines{path_ + ":2: u.test.servers: servers invalid"});
}

TEST_F(ConfigFile, an_upstream_has_numbers_and_words_as_in_json) {
  Config config;
  EXPECT_EQ(read_upstreams_file(write("u.test:\n  servers: [{host: 127.0.0.1, port: 80, fail_timeout: 0.5}]\n"
                                      "  protected: false\n  http_opts: {statuses: {502: false}}\n"),
                                config),
            Lines());
}

TEST_F(ConfigFile, one_that_is_not_there_is_named) {
  Config config;
  const auto lines = read_config_file(folder_ / "none.yaml", config);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("none.yaml"), std::string::npos);
}

TEST_F(ConfigFile, every_key_stands_in_the_document) {
  const auto document = read_file(source_folder() / "docs/slardar.md");
  ASSERT_TRUE(document);
  for (const std::string_view key : config_schema().names())
    EXPECT_NE(document->find("| `" + std::string(key) + "` |"), std::string::npos) << key;
}

}  // namespace
}  // namespace hancock::slardar
