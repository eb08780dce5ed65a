#include "agent/images/image_history.h"

#include <algorithm>

namespace hancock::agent {
namespace {
constexpr auto kPrecision = std::chrono::minutes(1);
}  // namespace

void ImageHistory::note(const std::string& image, WallTime now) {
  if (image.empty()) return;
  ImageUse& use = uses_[image];
  noted_.insert(image);
  if (now < use.at || now - use.at >= kPrecision) use.at = now;
}

void ImageHistory::note(const std::string& image, const model::ServiceRef& service, uint32_t version,
                        WallTime now) {
  if (image.empty()) return;
  note(image, now);
  uint32_t& newest = uses_[image].newest[service];
  newest = std::max(newest, version);
}

void ImageHistory::keep_only(const std::set<std::string>& images) {
  std::erase_if(uses_, [&](const auto& use) { return !images.contains(use.first) && !noted_.contains(use.first); });
}

WallTime ImageHistory::used_at(const std::string& image) const {
  const auto found = uses_.find(image);
  return found == uses_.end() ? WallTime() : found->second.at;
}

std::set<std::string> ImageHistory::newest_two(const model::ServiceRef& service) const {
  std::map<uint32_t, std::set<std::string>, std::greater<>> by_version;
  for (const auto& [image, use] : uses_) {
    if (const auto newest = use.newest.find(service); newest != use.newest.end())
      by_version[newest->second].insert(image);
  }
  std::set<std::string> result;
  size_t versions = 0;
  for (const auto& [version, images] : by_version) {
    if (++versions > 2) break;
    result.insert(images.begin(), images.end());
  }
  return result;
}

}  // namespace hancock::agent
