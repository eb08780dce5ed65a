// fit: whether one more Task may go to a Node, and if not, the first reason. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "hancock/spec.pb.h"
#include "master/core/rooms.h"

namespace hancock::master {

/// In the order in which they are looked at and named.
enum class Fit { kYes, kNotReady, kDraining, kSite, kLabels, kFull, kCpu, kMemory, kPids, kTasks };
inline constexpr size_t kFits = 10;

/// `running`: Tasks of the same Version on that Node.
Fit fit(const Room& room, const model::ServiceSpec& spec, uint32_t running);

/// Collects the answers of all Nodes into one sentence.
class Misfits {
 public:
  explicit Misfits(const model::ServiceSpec& spec) : spec_(spec) {}
  void add(Fit reason, const Room& room);
  /// "3 nodes: 1 not ready, 2 lack memory (want 64Mi, free 10Mi)".
  std::string to_string() const;

 private:
  struct Group {
    uint32_t nodes = 0;
    uint64_t free_max = 0;  // of what they lack
  };
  std::string describe(Fit reason, const Group& group) const;

  const model::ServiceSpec& spec_;
  std::array<Group, kFits> groups_;
};

}  // namespace hancock::master
