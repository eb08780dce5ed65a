// Which images go when the disk that they lie on fills up. Pure; any thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "agent/cri/types.h"
#include "agent/images/image_history.h"

namespace hancock::agent {

/// Percent of the disk. At `high` images are collected until it is at `low`.
struct ImageLimits {
  int64_t high = 80;
  int64_t low = 70;
};

/// Of a disk, as statvfs tells it.
struct DiskUse {
  uint64_t used_bytes = 0;
  uint64_t free_bytes = 0;  // for anybody but root

  /// Rounded up, as df does.
  int percent() const;
};

/// Ids of the images that may go, least recently used first; of those used at the same time, or never as far
/// as is known, the largest first. `kept`: ids, tags or digests of what stays: what runs, what Tasks of this
/// Node need.
std::vector<std::string> removable_images(const std::vector<cri::Image>& images, const ImageHistory& history,
                                          const std::set<std::string>& kept);

}  // namespace hancock::agent
