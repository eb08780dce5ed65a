// Http2Limits: what an HTTP/2 visitor may have of us at a time; docs/slardar.md says why. Constants.
#pragma once

#include <cstddef>
#include <cstdint>

#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {

/// The times can be shortened in tests.
struct Http2Limits {
  static constexpr uint32_t kStreamsMax = 128;
  static constexpr uint32_t kStreamWindow = 256 << 10;
  static constexpr int32_t kConnectionWindow = 1 << 20;
  static constexpr size_t kContinuationsMax = 8;   // pieces of one head after its first
  static constexpr size_t kHeadOfferedFactor = 4;  // times the head's limit: then the connection ends

  Duration request_head = Timeouts::kRequestHead;
  Duration keep_alive = Timeouts::kKeepAlive;
  Duration send_idle = Timeouts::kSendIdle;
};

}  // namespace hancock::slardar
