#include "base/mounts.h"

#include <gtest/gtest.h>

namespace hancock {
namespace {

const std::string kMounts =
    "25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "30 29 0:26 /docker /sys/fs/cgroup/cpu rw,relatime shared:5 - cgroup cgroup rw,cpu,cpuacct\n"
    "90 25 0:50 / /tmp/a\\040b/shm rw,nosuid shared:9 master:2 - tmpfs shm rw,size=65536k\n";

TEST(Mounts, reads_roots_points_types_and_escapes) {
  const auto mounts = parse_mounts(kMounts);
  ASSERT_EQ(mounts.size(), 3U);
  EXPECT_EQ(mounts[0].point, "/");
  EXPECT_EQ(mounts[1].type, "cgroup");
  EXPECT_EQ(mounts[1].root, "/docker");
  EXPECT_EQ(mounts[2].point, "/tmp/a b/shm");
  EXPECT_EQ(mounts[2].super_options, "rw,size=65536k");
}

TEST(Mounts, a_line_that_is_cut_off_is_left_out) {
  EXPECT_TRUE(parse_mounts("25 1 254:0 / /x rw -\n\nx\n").empty());
}

}  // namespace
}  // namespace hancock
