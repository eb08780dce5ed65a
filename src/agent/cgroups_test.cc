#include "agent/cgroups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/testing/temp_dir.h"

namespace hancock::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kHybrid =
    "25 1 0:22 / /sys rw - sysfs sysfs rw\n"
    "30 25 0:26 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "32 25 0:28 / /sys/fs/cgroup/pids rw shared:9 - cgroup cgroup rw,pids\n"
    "33 25 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    "34 25 0:28 /docker/x /elsewhere rw - cgroup cgroup rw,pids\n";

/// A folder that stands for a mounted hierarchy.
class CgroupsTest : public testing::Test {
 protected:
  const TempDir temp_{"cgroups_test"};
  const std::filesystem::path root_ = temp_.path();
};

TEST_F(CgroupsTest, FindsTheMountedHierarchies) {
  const auto found = Cgroups::parse(kHybrid);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].path, "/sys/fs/cgroup/cpu");
  EXPECT_TRUE(found[0].controllers.contains("cpuacct"));
  EXPECT_TRUE(found[3].v2);
  EXPECT_TRUE(Cgroups(found).missing().empty());
}

TEST_F(CgroupsTest, SaysWhatIsMissing) {
  const Cgroups none({{"/sys/fs/cgroup", true, {"cpu", "memory"}}});
  EXPECT_THAT(none.missing(), ElementsAre(HasSubstr("with the controller pids is mounted")));
  EXPECT_TRUE(none.prepare("/hancock/t-1", 10)) << "it was said before";
}

TEST_F(CgroupsTest, SetsTheLimitOfProcessesOnTheParent) {
  const Cgroups cgroups({{root_, false, {"pids"}}});
  ASSERT_TRUE(cgroups.prepare("/hancock/t-1", 20));
  EXPECT_EQ(read_file(root_ / "hancock/t-1/pids.max").value_or(""), "20");
  EXPECT_THAT(cgroups.children("/hancock"), ElementsAre("t-1"));
}

TEST_F(CgroupsTest, HandsTheControllerDownInVersionTwo) {
  const Cgroups cgroups({{root_, true, {"pids", "memory"}}});
  ASSERT_TRUE(cgroups.prepare("/hancock/t-1", 20));
  EXPECT_EQ(read_file(root_ / "cgroup.subtree_control").value_or(""), "+pids");
  EXPECT_EQ(read_file(root_ / "hancock/cgroup.subtree_control").value_or(""), "+pids");
  EXPECT_FALSE(std::filesystem::exists(root_ / "hancock/t-1/cgroup.subtree_control"))
      << "not to the Task itself";
}

TEST_F(CgroupsTest, RemovesTheParentAndAllBelow) {
  const Cgroups cgroups({{root_, false, {"memory"}}});
  std::filesystem::create_directories(root_ / "hancock/t-1/abc");
  ASSERT_TRUE(cgroups.remove("/hancock/t-1", 1s));
  EXPECT_FALSE(std::filesystem::exists(root_ / "hancock/t-1"));
  EXPECT_TRUE(cgroups.remove("/hancock/t-1", 1s)) << "again";
}

}  // namespace
}  // namespace hancock::agent
