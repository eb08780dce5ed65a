// Clock: the one door to time. Code under test, and the simulator, hand in their own.
//
// Two notions: `now()` is CLOCK_BOOTTIME, for deadlines and intervals (it never jumps back and counts
// suspended time); `wall()` is UTC, for what people read. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hancock {

using namespace std::chrono_literals;
using Duration = std::chrono::nanoseconds;

/// CLOCK_BOOTTIME as a chrono clock.
struct BootClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
  static time_point now();
};
using TimePoint = BootClock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// No deadline at all.
inline constexpr TimePoint kForever = TimePoint::max();

/// What poll(2) takes to wait until `deadline`: milliseconds, rounded up, at most a minute; -1 for kForever.
int poll_timeout_ms(TimePoint deadline);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
};

/// The machine's clocks.
Clock& system_clock();

/// Moves only when told to.
class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return wall_; }
  void advance(Duration by) {
    now_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by);
  }

 private:
  TimePoint now_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::hours(24 * 365 * 50)};
};

/// RFC 3339, UTC, milliseconds: "2026-01-31T08:15:30.250Z".
std::string to_rfc3339(WallTime time);
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace hancock
