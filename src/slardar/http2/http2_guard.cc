#include "slardar/http2/http2_guard.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

struct Allowance {
  std::string_view name;
  double burst;
  double per_second;
};

// Browsers cancel what they scroll past and gRPC clients ping for each burst of data: what a busy one does
// fits in several times.
constexpr std::array<Allowance, Http2Guard::kEvents> kGuardRows{{
    {"reset", 200, 20},
    {"settings", 20, 1},
    {"ping", 100, 20},
    {"priority", 500, 50},
    {"window_update", 1'000, 200},
    {"empty_frame", 20, 2},
    {"continuation", 0, 0},
    {"head_too_large", 0, 0},
    {"stalled", 8, 0.1},
}};

const Allowance& allowance_of(Http2Guard::Event event) { return kGuardRows[static_cast<size_t>(event)]; }

}  // namespace

Http2Guard::Http2Guard(TimePoint now) {
  for (size_t i = 0; i < kEvents; ++i) buckets_[i] = {kGuardRows[i].burst, now};
}

bool Http2Guard::allow(Event event, TimePoint now) {
  Bucket& bucket = buckets_[static_cast<size_t>(event)];
  const Allowance& allowance = allowance_of(event);
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(allowance.burst, bucket.tokens + std::max(0.0, seconds) * allowance.per_second);
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void Http2Guard::earn(Event event, double tokens) {
  Bucket& bucket = buckets_[static_cast<size_t>(event)];
  bucket.tokens = std::min(allowance_of(event).burst, bucket.tokens + tokens);
}

std::string_view to_string(Http2Guard::Event event) { return allowance_of(event).name; }

}  // namespace hancock::slardar
