#include "dev/mounts.h"

#include <gtest/gtest.h>

#include "dev/cgroups.h"

namespace hancock::dev {
namespace {

const std::string kHybrid =
    "25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "30 29 0:26 / /sys/fs/cgroup/cpu rw,relatime shared:5 - cgroup cgroup rw,cpu,cpuacct\n"
    "31 29 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
    "32 29 0:28 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n"
    "33 29 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
    "90 25 0:50 / /tmp/a\\040b/shm rw,nosuid shared:9 master:2 - tmpfs shm rw,size=65536k\n";

TEST(Mounts, reads_points_types_and_escapes) {
  const auto mounts = parse_mounts(kHybrid);
  ASSERT_EQ(mounts.size(), 6U);
  EXPECT_EQ(mounts[0].point, "/");
  EXPECT_EQ(mounts[1].type, "cgroup");
  EXPECT_EQ(mounts[5].point, "/tmp/a b/shm");
  EXPECT_EQ(mounts[5].super_options, "rw,size=65536k");
}

TEST(Mounts, a_line_that_is_cut_off_is_left_out) {
  EXPECT_TRUE(parse_mounts("25 1 254:0 / /x rw -\n\nx\n").empty());
}

TEST(Cgroups, names_the_kind_and_the_controllers) {
  const CgroupTrees trees = parse_cgroup_trees(kHybrid);
  EXPECT_EQ(trees.kind(), CgroupKind::kHybrid);
  EXPECT_TRUE(trees.has("cpu"));
  EXPECT_TRUE(trees.has("pids"));
  EXPECT_FALSE(trees.has("memory"));
  EXPECT_EQ(parse_cgroup_trees("").kind(), CgroupKind::kNone);
  EXPECT_EQ(parse_cgroup_trees("33 29 0:29 / /none rw - cgroup2 cgroup2 rw\n").kind(), CgroupKind::kV2);
}

}  // namespace
}  // namespace hancock::dev
