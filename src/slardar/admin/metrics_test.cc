// /metrics and docs/admin.md name the same families.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "slardar/admin/gateway_view.h"

namespace hancock::slardar {
namespace {

/// The names that stand behind `mark` at the begin of a line.
std::set<std::string> families(const std::string& text, const std::string& mark) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(mark + "slardar_"))
      names.insert(line.substr(mark.size(), line.find_first_of(" `", mark.size()) - mark.size()));
  }
  return names;
}

TEST(Metrics, are_those_of_the_document) {
  GatewayView view;
  view.snapshot = std::make_shared<const Snapshot>();
  const auto document = read_file(source_folder() / "docs/admin.md");
  ASSERT_TRUE(document) << document.error().message;
  const auto written = families(metrics_text(view), "# HELP ");
  EXPECT_GT(written.size(), 10U);
  EXPECT_EQ(written, families(*document, "| `"));
}

}  // namespace
}  // namespace hancock::slardar
