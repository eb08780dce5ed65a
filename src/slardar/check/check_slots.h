// CheckSlots: how many checks may run at once. Those of servers that did not answer in time the last time get
// at most half of them: they hold theirs for long, and nobody else is to be checked late for that. Pure; one
// thread.
#pragma once

#include <array>
#include <cstddef>

namespace hancock::slardar {

enum class CheckPace { kQuick, kSlow };

class CheckSlots {
 public:
  explicit CheckSlots(size_t max) : max_(max) {}

  /// False: there is none now.
  bool take(CheckPace pace) {
    const size_t slow = taken_[1];
    if (taken_[0] + slow >= max_ || (pace == CheckPace::kSlow && slow * 2 >= max_)) return false;
    ++taken_[static_cast<size_t>(pace)];
    return true;
  }
  void give(CheckPace pace) { --taken_[static_cast<size_t>(pace)]; }
  size_t taken() const { return taken_[0] + taken_[1]; }

 private:
  size_t max_;
  std::array<size_t, 2> taken_{};
};

}  // namespace hancock::slardar
