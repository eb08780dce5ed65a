#include "master/core/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>

#include "master/core/fit.h"

namespace hancock::master {
namespace {

/// A Node that may take the next Task; the least `order` goes first.
struct Candidate {
  using Order = std::tuple<uint32_t, uint32_t, uint64_t, uint64_t>;
  Order order;  // failures, Tasks of this Version, use in thousandths, chance
  Room* room = nullptr;
  uint32_t running = 0;
  uint32_t failed = 0;
  uint64_t chance = 0;

  friend bool operator<(const Candidate& a, const Candidate& b) { return a.order > b.order; }
};

uint64_t thousandths(uint64_t used, uint64_t capacity) {
  return capacity == 0 ? 1000 : std::min<uint64_t>(1000, used * 1000 / capacity);
}

void set_order(Candidate& candidate) {
  const model::NodeResources& capacity = candidate.room->node->capacity();
  const uint64_t use = std::max(thousandths(candidate.room->cpu_millis, capacity.cpu_millis()),
                                thousandths(candidate.room->memory_bytes, capacity.memory_bytes()));
  candidate.order = {candidate.failed, candidate.running, use, candidate.chance};
}

uint32_t count_on(const CountByNode& counts, std::string_view node) {
  auto it = counts.find(node);
  return it == counts.end() ? 0 : it->second;
}

/// Nodes that are spread over as one: a Site, or all.
struct Group {
  uint32_t running = 0;
  std::priority_queue<Candidate> candidates;
};

class Placing {
 public:
  Placing(Rooms& rooms, const Want& want, Random& random) : rooms_(rooms), want_(want) {
    for (auto& [name, room] : rooms_) {
      Candidate candidate;
      candidate.room = &room;
      candidate.running = count_on(want.running, name);
      candidate.failed = count_on(want.failed, name);
      candidate.chance = random.next();
      Group& group = groups_[by_site() ? room.node->site() : std::string()];
      group.running += candidate.running;
      if (fit(room, want.spec, candidate.running) != Fit::kYes) continue;
      set_order(candidate);
      group.candidates.push(candidate);
    }
  }

  Placement run() {
    Placement placement;
    const std::string choice = problem();
    while (placement.nodes.size() < want_.count) {
      Group* group = next_group();
      if (!group) break;
      Candidate candidate = group->candidates.top();
      group->candidates.pop();
      placement.because.push_back(choice + "; " + describe(candidate));
      candidate.room->take(want_.spec.resources());
      ++candidate.running;
      ++group->running;
      ++placed_[candidate.room->node->name()];
      placement.nodes.push_back(candidate.room->node->name());
      if (fit(*candidate.room, want_.spec, candidate.running) != Fit::kYes) continue;
      set_order(candidate);
      group->candidates.push(candidate);
    }
    if (placement.nodes.size() < want_.count) placement.problem = problem();
    return placement;
  }

 private:
  bool by_site() const { return want_.spec.placement().spread() == model::SPREAD_SITE; }

  /// Fewest failures first, so that one bad Site does not draw every attempt.
  Group* next_group() {
    auto order = [](const Group& group) {
      const Candidate& best = group.candidates.top();
      return std::tuple(best.failed, group.running, best.order);
    };
    Group* least = nullptr;
    for (auto& [site, group] : groups_) {
      if (group.candidates.empty()) continue;
      if (!least || order(group) < order(*least)) least = &group;
    }
    return least;
  }

  static std::string describe(const Candidate& candidate) {
    const auto [failed, running, use, chance] = candidate.order;
    return fmt::format("here {}{} of this version, {}% in use",
                       failed == 0 ? "" : fmt::format("{} failed and ", failed),
                       running == 1 ? "1 Task" : fmt::format("{} Tasks", running), use / 10);
  }

  std::string problem() const {
    Misfits misfits(want_.spec);
    for (const auto& [name, room] : rooms_)
      misfits.add(fit(room, want_.spec, count_on(want_.running, name) + count_on(placed_, name)), room);
    return misfits.to_string();
  }

  Rooms& rooms_;
  const Want& want_;
  std::map<std::string, Group> groups_;
  CountByNode placed_;
};

}  // namespace

Placement place(Rooms& rooms, const Want& want, Random& random) { return Placing(rooms, want, random).run(); }

}  // namespace hancock::master
