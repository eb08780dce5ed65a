// Visit: what a request came to. StreamEnd: how a long-lived stream ended. Plain values.
#pragma once

#include <optional>
#include <string>

#include "load/connection.h"
#include "load/request.h"

namespace hancock::load {

/// What one try came to.
struct Try {
  size_t gateway = 0;
  Answer answer;
  std::string why;  // it failed; "": it did not
  bool was_sent = false;

  bool is_good() const { return was_sent && why.empty(); }
};

struct Visit {
  Request request;
  Try first;                 // the first that was sent, or could not be sent anywhere
  std::optional<Try> retry;  // through another gateway, when the first failed
  size_t moves = 0;          // gateways that could not be connected to before
  TimePoint ended;           // of the last try
};

enum class StreamKind { kWebSocket, kTcp };

struct StreamEnd {
  StreamKind kind = StreamKind::kWebSocket;
  size_t gateway = 0;
  uint64_t version = 0;  // 0: it never began
  TimePoint began;
  TimePoint ended;
  std::string why;
};

}  // namespace hancock::load
