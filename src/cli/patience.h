// Patience: for how long a verb that watches goes on when the Masters stop to answer: a restart or a change
// of the leader takes seconds, and is no reason to give up.
//
// Says once on stderr that it waits, and once that it goes on. One thread.
#pragma once

#include "base/clock.h"
#include "base/error.h"

namespace hancock::cli {

/// Between two attempts.
inline constexpr Duration kRetryPause = 500ms;
/// Nothing heard for so long: no Master will come back soon.
inline constexpr Duration kSilenceMax = 60s;

/// Whether the same question may be answered later: not for what the Masters refused.
bool may_pass(const Error& error);

class Patience {
 public:
  /// A Master answered.
  void heard(TimePoint now);
  /// Whether to try again after this. Never before anything was heard.
  bool bears(const Error& error, TimePoint now);

 private:
  TimePoint heard_{};
  bool ever_heard_ = false;
  bool waiting_ = false;
};

}  // namespace hancock::cli
