#include "cli/table.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

TEST(Table, aligns_columns_and_leaves_no_blanks_at_the_end) {
  Table table({"TASK", "STATE", "MESSAGE"});
  table.add({"a", "running", ""});
  table.add({"longer-name", "ready", "fine"});
  EXPECT_EQ(table.to_string(),
            "TASK         STATE    MESSAGE\n"
            "a            running\n"
            "longer-name  ready    fine\n");
}

}  // namespace
}  // namespace hancock::cli
