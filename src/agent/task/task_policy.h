// TaskPolicy: what a Service's spec says about starting, probing, restarting and stopping its Tasks, with the
// defaults filled in. Values only; any thread.
#pragma once

#include <signal.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace hancock::model {
class ServiceSpec;
}

namespace hancock::agent {

enum class RestartRule { kAlways, kOnFailure, kNever };

struct ProbePolicy {
  Duration interval = 2s;
  Duration timeout = 1s;
  uint32_t rise = 2;
  uint32_t fall = 3;
  Duration start_period = 30s;  // a live probe waits for it, or for the first ready
};

struct TaskPolicy {
  std::string image = {};  // for messages
  RestartRule restart = RestartRule::kAlways;
  Duration backoff = 1s;
  Duration backoff_max = 60s;
  uint32_t attempts = 5;  // failures within `within` that end it
  Duration within = 10min;
  std::optional<ProbePolicy> ready = {};  // none: ready as soon as it runs
  std::optional<ProbePolicy> live = {};
  Duration min_healthy_time = 5s;
  uint64_t memory_bytes = 0;  // for messages
  int kill_signal = SIGTERM;
  Duration kill_timeout = 10s;  // then SIGKILL
};

TaskPolicy policy_of(const model::ServiceSpec& spec);

}  // namespace hancock::agent
