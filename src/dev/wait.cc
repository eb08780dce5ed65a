#include "dev/wait.h"

#include <poll.h>

#include <algorithm>

namespace hancock::dev {

bool pause_before(TimePoint deadline) {
  constexpr int kMomentMs = 10;
  const int left_ms = poll_timeout_ms(deadline);
  if (left_ms == 0) return false;
  poll(nullptr, 0, left_ms < 0 ? kMomentMs : std::min(left_ms, kMomentMs));
  return true;
}

}  // namespace hancock::dev
