#include "master/core/place.h"

#include <fmt/format.h>

#include <algorithm>
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

  friend bool operator<(const Candidate& a, const Candidate& b) { return a.order > b.order; }
};

uint64_t thousandths(uint64_t used, uint64_t capacity) {
  return capacity == 0 ? 1000 : std::min<uint64_t>(1000, used * 1000 / capacity);
}

uint64_t use_of(const Room& room) {
  const model::NodeResources& capacity = room.node->capacity();
  return std::max(thousandths(room.cpu_millis, capacity.cpu_millis()),
                  thousandths(room.memory_bytes, capacity.memory_bytes()));
}

uint32_t count_on(const CountByNode& counts, std::string_view node) {
  if (counts.empty()) return 0;
  auto it = counts.find(node);
  return it == counts.end() ? 0 : it->second;
}

/// Nodes that are spread over as one: a Site, or all.
struct Group {
  uint32_t running = 0;
  std::vector<Candidate> candidates;  // a heap, once all are in
};

/// One look at every Node, and from then on a heap's logarithm a Task.
class Placing {
 public:
  Placing(Rooms& rooms, const Want& want, Random& random) : rooms_(rooms), want_(want) {
    Misfits misfits(want.spec);
    for (auto& [name, room] : rooms_) {
      const uint32_t running = count_on(want.running, name);
      Group& group = group_of(room);
      group.running += running;
      const Fit fits = fit(room, want.spec, running);
      misfits.add(fits, room);
      if (fits != Fit::kYes) continue;
      group.candidates.push_back(
          {{count_on(want.failed, name), running, use_of(room), random.next()}, &room});
    }
    for (auto& [site, group] : groups_) std::make_heap(group.candidates.begin(), group.candidates.end());
    choice_ = misfits.to_string();
  }

  Placement run() {
    Placement placement;
    while (placement.nodes.size() < want_.count) {
      Group* group = next_group();
      if (!group) break;
      std::pop_heap(group->candidates.begin(), group->candidates.end());
      Candidate& candidate = group->candidates.back();
      Room& room = *candidate.room;
      placement.because.push_back(choice_ + "; " + describe(candidate));
      placement.nodes.push_back(room.node->name());
      room.take(want_.spec.resources());
      ++group->running;
      ++placed_[room.node->name()];
      auto& [failed, running, use, chance] = candidate.order;
      ++running;
      use = use_of(room);
      if (fit(room, want_.spec, running) == Fit::kYes)
        std::push_heap(group->candidates.begin(), group->candidates.end());
      else
        group->candidates.pop_back();
    }
    if (placement.nodes.size() < want_.count) placement.problem = problem();
    return placement;
  }

 private:
  Group& group_of(const Room& room) {
    if (by_site()) return groups_[room.node->site()];
    if (all_ == nullptr) all_ = &groups_[std::string()];
    return *all_;
  }
  bool by_site() const { return want_.spec.placement().spread() == model::SPREAD_SITE; }

  /// Fewest failures first, so that one bad Site does not draw every attempt.
  Group* next_group() {
    auto order = [](const Group& group) {
      const Candidate::Order& best = group.candidates.front().order;
      return std::tuple(std::get<0>(best), group.running, best);
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
  Group* all_ = nullptr;  // where Sites do not count
  std::string choice_;    // how many Nodes there were to choose from
  CountByNode placed_;
};

}  // namespace

Placement place(Rooms& rooms, const Want& want, Random& random) { return Placing(rooms, want, random).run(); }

}  // namespace hancock::master
