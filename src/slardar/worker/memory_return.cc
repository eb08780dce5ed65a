#include "slardar/worker/memory_return.h"

#include <malloc.h>

#include <atomic>

#include "io/frame_pool.h"
#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {
namespace {

constexpr size_t kWorthReturning = 256 << 10;
constexpr Duration kReturnEvery = 2s;
constexpr Duration kReturnAgain = Timeouts::kPeerKeepAlive + 1s;

/// The C library walks through all threads' heaps under their locks: one worker asks it for all, now and
/// then.
bool is_due(TimePoint now) {
  static std::atomic<TimePoint> due{TimePoint()};
  TimePoint before = due.load();
  return now >= before && due.compare_exchange_strong(before, now + kReturnEvery);
}

}  // namespace

void MemoryReturn::look(TimePoint now) {
  freed_ += buffers_.trim() + io::frame_pool::trim();
  const bool enough = freed_ >= kWorthReturning;
  if (!enough && now < again_) return;
  if (!is_due(now)) return;
  again_ = enough ? now + kReturnAgain : TimePoint::max();
  freed_ = 0;
  ::malloc_trim(0);
}

}  // namespace hancock::slardar
