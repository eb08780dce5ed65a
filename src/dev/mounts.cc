#include "dev/mounts.h"

#include <sys/mount.h>

#include <sstream>

#include "base/file.h"

namespace hancock::dev {
namespace {

// mountinfo writes space, tab, newline and backslash as \040 and so on.
std::string unescape(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool is_below(const std::filesystem::path& point, const std::filesystem::path& folder) {
  const auto relative = point.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::vector<Mount> parse_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    // id parent major:minor root POINT options [optional…] - TYPE source SUPER_OPTIONS
    std::istringstream words(line);
    std::string word;
    Mount mount;
    for (int i = 0; i < 5 && words >> word; ++i) {
    }
    mount.point = unescape(word);
    while (words >> word && word != "-") {
    }
    if (words >> mount.type >> word >> mount.super_options) mounts.push_back(std::move(mount));
  }
  return mounts;
}

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
