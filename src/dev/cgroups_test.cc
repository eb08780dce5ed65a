#include "dev/cgroups.h"

#include <gtest/gtest.h>

namespace hancock::dev {
namespace {

const std::string kHybrid =
    "25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "30 29 0:26 / /sys/fs/cgroup/cpu rw,relatime shared:5 - cgroup cgroup rw,cpu,cpuacct\n"
    "31 29 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
    "32 29 0:28 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n"
    "33 29 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

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
