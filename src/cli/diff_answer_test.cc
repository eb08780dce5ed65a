#include "cli/diff_answer.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

using Lines = std::vector<std::string>;

TEST(DiffLines, name_each_field_with_both_its_values) {
  const auto lines = diff_lines(
      R"({"index":7,"from":1,"to":2,"items":[{"field":"image","from":"shop:1","to":"shop:2"},
          {"field":"env.A","from":null,"to":"x"}]})");
  ASSERT_TRUE(lines);
  EXPECT_EQ(*lines, (Lines{R"(image: "shop:1" -> "shop:2")", R"(env.A: (none) -> "x")"}));
  EXPECT_FALSE(diff_lines("nonsense"));
}

TEST(PlanLines, tell_of_each_service_what_changes_starts_and_stops) {
  const auto lines = plan_lines(
      R"({"index":57,"services":{
          "api":{"change":"remove","from":2,"to":0,"strategy":"blue-green","diff":[],"place":[],
                 "stop":[{"task":"api-2-x","node":"node-1"}],"problem":""},
          "web":{"change":"update","from":1,"to":2,"strategy":"rolling",
                 "diff":[{"field":"replicas","from":2,"to":3}],
                 "place":[{"node":"node-2","because":"3 nodes: 3 free"}],"stop":[],
                 "problem":"1 of 3 Tasks placed"}}})",
      "shop");
  ASSERT_TRUE(lines);
  EXPECT_EQ(*lines,
            (Lines{"shop/api: is removed", "  - api-2-x on node-1", "shop/web: version 1 -> 2, rolling",
                   "  replicas: 2 -> 3", "  + on node-2: 3 nodes: 3 free", "  ! 1 of 3 Tasks placed",
                   "just this: hancock deploy --check-index 57"}));
}

}  // namespace
}  // namespace hancock::cli
