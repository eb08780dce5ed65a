#include "dev/process_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hancock::dev {
namespace {

ProcessTable two_processes() {
  ProcessTable table;
  table.entries.push_back({.name = "images",
                           .role = "images",
                           .ns = "",
                           .address = "198.18.7.1:5000",
                           .log = "/d/logs/images.log",
                           .argv = {"docker-registry", "serve", "/d/a b\".yml"},
                           .pid = 42,
                           .start_ticks = 1234567,
                           .pid_file = ""});
  table.entries.push_back({.name = "etcd-1",
                           .role = "etcd",
                           .ns = "hancock-7-node-1",
                           .address = "127.7.2.1:2379",
                           .log = "",
                           .argv = {},
                           .pid = std::nullopt,
                           .start_ticks = 0,
                           .pid_file = "/d/data/master-1/etcd.pid"});
  return table;
}

TEST(ProcessTable, has_the_keys_that_programs_outside_read) {
  const auto json = nlohmann::json::parse(render(two_processes()));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["name"], "images");
  EXPECT_EQ(json[0]["role"], "images");
  EXPECT_EQ(json[0]["pid"], 42);
  EXPECT_EQ(json[0]["namespace"], "");
  EXPECT_EQ(json[0]["address"], "198.18.7.1:5000");
  EXPECT_EQ(json[0]["log"], "/d/logs/images.log");
  EXPECT_EQ(json[0]["argv"][2], "/d/a b\".yml");
  EXPECT_EQ(json[1]["namespace"], "hancock-7-node-1");
  EXPECT_TRUE(json[1]["pid"].is_null());  // does not run
}

TEST(ProcessTable, comes_back_as_it_was_written) {
  auto table = parse_process_table(render(two_processes()));
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->entries.size(), 2U);
  EXPECT_EQ(table->find("images")->pid, 42);
  EXPECT_EQ(table->find("images")->start_ticks, 1234567U);
  EXPECT_EQ(table->find("etcd-1")->pid, std::nullopt);
  EXPECT_EQ(table->find("etcd-1")->pid_file, "/d/data/master-1/etcd.pid");
  EXPECT_EQ(table->find("gateway-1"), nullptr);
  EXPECT_EQ(render(*table), render(two_processes()));
}

TEST(ProcessTable, a_file_that_is_no_table_is_an_error_and_not_an_empty_table) {
  EXPECT_EQ(parse_process_table("[{\"name\":\"x\"}]").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(parse_process_table("").error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace hancock::dev
