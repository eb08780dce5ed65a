// The records that docs/checkups.md and docs/checks.md show are taken as they stand there.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "slardar/confd/upstream_record.h"

namespace hancock::slardar {
namespace {

std::string document(const std::string& name) {
  const auto text = read_file(source_folder() / "docs" / name);
  if (!text) ADD_FAILURE() << text.error().message;
  return text ? *text : "";
}

/// What stands between the two.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin);
  const size_t to = text.find(end, from + begin.size());
  if (from == std::string::npos || to == std::string::npos) return "";
  return text.substr(from + begin.size(), to - from - begin.size());
}

TEST(UpstreamDocument, levels_and_options) {
  const auto record = decode_upstream(between(document("checkups.md"), "```json\n", "```"));
  ASSERT_TRUE(record) << record.error().field << ": " << record.error().message;
  EXPECT_EQ(record->levels.size(), 2U);
  EXPECT_EQ(record->levels[0].servers[0].max_fails, 3U);
  EXPECT_TRUE(record->levels[1].servers[0].is_name);
}

TEST(UpstreamDocument, checks) {
  const auto record = decode_upstream(between(document("checks.md"), "shop.test '", "'\n"));
  ASSERT_TRUE(record) << record.error().field << ": " << record.error().message;
  EXPECT_EQ(record->check.kind, "http");
  EXPECT_TRUE(record->check.query.ends_with("close\r\n\r\n"));
  EXPECT_EQ(record->check.statuses, (std::map<int, bool>{{503, false}}));
}

// The table of docs/checks.md names the defaults of both.
TEST(UpstreamDocument, defaults_of_checks) {
  const CheckOptions check;
  const std::string text = document("checks.md");
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::to_string(time.count() / 1'000) + " s";
  };
  EXPECT_NE(text.find("| `timeout` | " + seconds(check.timeout) + " |"), std::string::npos);
  EXPECT_NE(text.find("| `interval` | " + seconds(check.interval) + " | 2 s |"), std::string::npos);
  EXPECT_NE(text.find("| `sensibility` | " + std::to_string(check.fall) + " | 3 |"), std::string::npos);
  EXPECT_NE(text.find("| `rise` | " + std::to_string(check.rise) + " | 2 |"), std::string::npos);
}

}  // namespace
}  // namespace hancock::slardar
