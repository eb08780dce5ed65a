#include "base/mounts.h"

#include <sstream>

namespace hancock {
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

}  // namespace

std::vector<Mount> parse_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    // id parent major:minor root POINT options [optional…] - TYPE source SUPER_OPTIONS
    std::istringstream words(line);
    std::string word;
    Mount mount;
    for (int i = 0; i < 3 && words >> word; ++i) {
    }
    words >> mount.root >> word;
    mount.point = unescape(word);
    while (words >> word && word != "-") {
    }
    if (words >> mount.type >> word >> mount.super_options) mounts.push_back(std::move(mount));
  }
  return mounts;
}

}  // namespace hancock
