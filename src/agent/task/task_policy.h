// TaskPolicy: what a Service's spec says about starting, probing, restarting and stopping its Tasks, with the
// defaults filled in. Values only; any thread.
#pragma once

#include <signal.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/spec_defaults.h"

namespace hancock::model {
class ServiceSpec;
}

namespace hancock::agent {

enum class RestartRule { kAlways, kOnFailure, kNever };

struct ProbePolicy {
  Duration interval = model::defaults::kInterval;
  Duration timeout = model::defaults::kTimeout;
  uint32_t rise = model::defaults::kRise;
  uint32_t fall = model::defaults::kFall;
  Duration start_period = model::defaults::kStartPeriod;  // a live probe waits for it, or for the first ready
};

struct TaskPolicy {
  std::string image = {};  // for messages
  RestartRule restart = RestartRule::kAlways;
  Duration backoff = model::defaults::kBackoff;
  Duration backoff_max = model::defaults::kMaxBackoff;
  uint32_t attempts = model::defaults::kAttempts;  // failures within `within` that end it
  Duration within = model::defaults::kWithin;
  std::optional<ProbePolicy> ready = {};  // none: ready as soon as it runs
  std::optional<ProbePolicy> live = {};
  Duration min_healthy_time = model::defaults::kMinHealthyTime;
  uint64_t memory_bytes = 0;  // for messages
  bool has_pre_stop = false;  // a command is run in its container before kill_signal
  int kill_signal = SIGTERM;
  Duration kill_timeout = model::defaults::kKillTimeout;  // then SIGKILL
  std::optional<Duration> stop_after = {};                // without contact to any Master; none: it runs on
};

TaskPolicy policy_of(const model::ServiceSpec& spec);

}  // namespace hancock::agent
