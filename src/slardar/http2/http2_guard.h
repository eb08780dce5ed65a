// Http2Guard: what one HTTP/2 connection may ask of us besides its answers. Each kind of frame that costs us
// work and the visitor nothing has a token bucket; who empties one is cut off (ENHANCE_YOUR_CALM).
//
// Pure: the time is an argument. docs/slardar.md has the table.
#pragma once

#include <array>
#include <string_view>

#include "base/clock.h"

namespace hancock::slardar {

class Http2Guard {
 public:
  enum class Event {
    kReset,         // a stream that ended before its answer did: by RST_STREAM, or for what the visitor sent
    kSettings,      // SETTINGS, which are acknowledged
    kPing,          // PING, the same
    kPriority,      // PRIORITY, and frames of types that nobody knows
    kWindowUpdate,  // earned by each DATA frame that was sent
    kEmptyFrame,    // DATA or a piece of a head with nothing in it that ends nothing
    kContinuation,  // too many pieces of one head: no bucket, the first is too many
    kHeadTooLarge,  // a head far past its limit: the same
    kStalled,       // a stream whose answer was not taken for Timeouts::kSendIdle
  };
  static constexpr size_t kEvents = static_cast<size_t>(Event::kStalled) + 1;

  explicit Http2Guard(TimePoint now);

  /// Takes a token; false when there is none.
  bool allow(Event event, TimePoint now);
  /// Gives tokens back, up to the bucket's size.
  void earn(Event event, double tokens);

 private:
  struct Bucket {
    double tokens;
    TimePoint filled;
  };
  std::array<Bucket, kEvents> buckets_;
};

/// "reset", "settings", …: the label `reason` of slardar_http2_refused_total.
std::string_view to_string(Http2Guard::Event event);

}  // namespace hancock::slardar
