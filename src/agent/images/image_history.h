// ImageHistory: which images this Node's Tasks have used: when last, and which Versions of which Services.
//
// Images are named by their id, "sha256:…" of the config. To the minute: who writes it down need not do so at
// each start. Pure; one owner.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "model/names.h"

namespace hancock::agent {

struct ImageUse {
  WallTime at{};                                 // the last one, but for less than a minute
  std::map<model::ServiceRef, uint32_t> newest;  // of each Service, the newest Version that used it
  friend bool operator==(const ImageUse&, const ImageUse&) = default;
};

class ImageHistory {
 public:
  ImageHistory() = default;
  explicit ImageHistory(std::map<std::string, ImageUse> uses) : uses_(std::move(uses)) {}

  void note(const std::string& image, WallTime now);
  void note(const std::string& image, const model::ServiceRef& service, uint32_t version, WallTime now);
  /// From here on is looked up which images there are.
  void begin_look() { noted_.clear(); }
  /// Forgets the others, but not what was noted since begin_look(): that may have come too late to be seen.
  void keep_only(const std::set<std::string>& images);

  /// When it was used last; the beginning of time: not as far as is known.
  WallTime used_at(const std::string& image) const;
  /// Those of the newest Version of a Service and of the one before.
  std::set<std::string> newest_two(const model::ServiceRef& service) const;
  const std::map<std::string, ImageUse>& uses() const { return uses_; }

 private:
  std::map<std::string, ImageUse> uses_;
  std::set<std::string> noted_;
};

}  // namespace hancock::agent
