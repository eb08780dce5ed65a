#include "agent/images/image_plan.h"

#include <algorithm>
#include <tuple>

namespace hancock::agent {
namespace {

bool stays(const cri::Image& image, const std::set<std::string>& kept) {
  const auto is_kept = [&](const std::string& name) { return kept.contains(name); };
  return image.pinned || is_kept(image.id) || std::ranges::any_of(image.tags, is_kept) ||
         std::ranges::any_of(image.digests, is_kept);
}

}  // namespace

int DiskUse::percent() const {
  const uint64_t all = used_bytes + free_bytes;
  if (all == 0) return 0;
  return static_cast<int>(100.0L * static_cast<long double>(used_bytes) / static_cast<long double>(all) +
                          0.999L);
}

std::vector<std::string> removable_images(const std::vector<cri::Image>& images, const ImageHistory& history,
                                          const std::set<std::string>& kept) {
  std::vector<std::tuple<WallTime, int64_t, std::string>> order;
  for (const cri::Image& image : images) {
    if (stays(image, kept)) continue;
    order.emplace_back(history.used_at(image.id), -static_cast<int64_t>(image.size_bytes), image.id);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::string> result;
  for (auto& [at, size, id] : order) result.push_back(std::move(id));
  return result;
}

}  // namespace hancock::agent
