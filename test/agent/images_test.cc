// Images that nobody needs are collected from a disk that is too full, on a real containerd.
#include <gmock/gmock.h>

#include "agent_fixture.h"
#include "base/file.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class ImagesTest : public AgentFixture {
 protected:
  model::Assignment task_of(const std::string& task, const std::string& service, uint32_t version) {
    auto made = assignment(task, {"serve", "8080"});
    made.set_service(service);
    made.set_version(version);
    made.mutable_spec()->set_image(node().push_variant(fmt::format("{}:{}", service, version)));
    return made;
  }
  /// "" when the runtime has no image of that name.
  std::string image_of(const model::Assignment& assignment) {
    const auto image = node().runtime().image(assignment.spec().image());
    return image && *image ? (*image)->id : "";
  }
  void run_and_remove(const model::Assignment& assignment) {
    run(assignment);
    master().remove(assignment.task());
    EXPECT_TRUE(eventually([&] {
      const auto left = node().runtime().containers({{kTaskLabel, assignment.task()}});
      return left && left->empty() && !master().endpoint(assignment.task());
    }));
  }
};

TEST_F(ImagesTest, WhatNobodyNeedsGoesAndWhatRunsOrRanBeforeStays) {
  const auto gone = task_of("t-1", "gone", 1);
  const auto before = task_of("t-2", "web", 1), now = task_of("t-3", "web", 2);
  run_and_remove(gone);
  run_and_remove(before);
  run(now);
  for (const auto& one : {gone, before, now}) ASSERT_NE(image_of(one), "") << one.task();
  const auto foreign = node().runtime().pull_image(node().push_variant("foreign:1"), 20s);
  ASSERT_TRUE(foreign);

  stop_agent();
  images_ = {.high = 1, .low = 0};  // never enough
  start_agent();
  EXPECT_TRUE(eventually([&] { return image_of(gone).empty(); }));
  EXPECT_TRUE(eventually(
      [&] {
        const auto image = node().runtime().image(*foreign);
        return image && !*image;
      },
      20s))
      << "nobody's";
  EXPECT_TRUE(eventually([&] {
    const auto report = master().node();
    return report.problems_size() == 1 &&
           report.problems(0).find("no image is left that nobody needs") != std::string::npos;
  })) << "it cannot get below";
  EXPECT_NE(image_of(before), "") << "of the Version before the one that runs";
  EXPECT_NE(image_of(now), "");
  const auto imported = node().runtime().image(kTaskImage);
  EXPECT_TRUE(imported && *imported) << "what sandboxes are made from";
  EXPECT_EQ(visit(host_port("t-3")), "t-3 -\n");
  run(assignment("t-4", {"serve", "8080"}));
}

TEST_F(ImagesTest, BelowTheLimitNothingIsCollected) {
  const auto gone = task_of("t-1", "gone", 1);
  run_and_remove(gone);
  stop_agent();
  images_ = {.high = 100, .low = 0};
  const auto log = node().dir() / "agent.log";
  std::filesystem::remove(log);
  start_agent_process();
  ASSERT_TRUE(eventually([&] {
    return read_file(log).value_or("").find("images are collected at 100%") != std::string::npos;
  })) << "it has looked, and leaves them";
  EXPECT_NE(image_of(gone), "");
}

}  // namespace
}  // namespace hancock::agent::test
