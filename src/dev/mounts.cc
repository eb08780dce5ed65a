#include "dev/mounts.h"

#include <sys/mount.h>

#include "base/file.h"
#include "base/mounts.h"

namespace hancock::dev {
namespace {

bool is_below(const std::filesystem::path& point, const std::filesystem::path& folder) {
  const auto relative = point.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::vector<std::filesystem::path> mounts_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> points;
  const auto text = read_file("/proc/self/mountinfo");
  if (!text) return points;
  for (const Mount& mount : parse_mounts(*text)) {
    if (is_below(mount.point, folder)) points.push_back(mount.point);
  }
  return points;
}

void unmount_below(const std::filesystem::path& folder) {
  const auto points = mounts_below(folder);
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    if (umount2(point->c_str(), UMOUNT_NOFOLLOW) != 0) umount2(point->c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  }
}

}  // namespace hancock::dev
