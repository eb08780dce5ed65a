// Kills: how often a kill test strikes, and at which moments, from a seed that replays them.
//
//   Kills kills(100);
//   while (kills.next()) {
//     kills.dawdle(300ms);
//     …SIGKILL…
//   }
//
// HANCOCK_KILLS says another number than the test's own, HANCOCK_SEED another seed than 1 (`make kills`). So
// many that they would take minutes are divided into parts, which ctest runs beside one another.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <ostream>

#include "base/clock.h"
#include "base/random.h"

namespace hancock {

class Kills {
 public:
  struct Part {
    uint64_t index = 0;
    uint64_t of = 1;
  };
  /// That part's share of `count`.
  explicit Kills(uint64_t count, Part part) : part_(part) {
    const uint64_t all = number_from("HANCOCK_KILLS", count);
    count_ = all / part.of + (part.index < all % part.of ? 1 : 0);
  }
  explicit Kills(uint64_t count) : Kills(count, Part()) {}

  uint64_t seed() const { return seed_; }
  /// One more; false: that was the last.
  bool next() { return struck_++ < count_; }
  /// Which one it is, from 1.
  uint64_t number() const { return struck_; }
  SeededRandom& random() { return random_; }

  /// Somewhere in the next `most`.
  Duration moment(Duration most) { return most * static_cast<int64_t>(random_.below(1000)) / 1000; }
  void dawdle(Duration most) { ::usleep(static_cast<useconds_t>(moment(most) / 1us)); }

 private:
  static uint64_t number_from(const char* name, uint64_t fallback) {
    const char* const text = std::getenv(name);
    return text == nullptr || *text == '\0' ? fallback : std::strtoull(text, nullptr, 10);
  }

  Part part_;
  uint64_t seed_ = number_from("HANCOCK_SEED", 1);
  uint64_t count_ = 0;
  uint64_t struck_ = 0;
  SeededRandom random_{seed_ ^ part_.index << 32};
};

/// For the trace of a test that fails: "HANCOCK_SEED=1, kill 17".
inline std::ostream& operator<<(std::ostream& out, const Kills& kills) {
  return out << "HANCOCK_SEED=" << kills.seed() << ", kill " << kills.number();
}

}  // namespace hancock
