// The sample app: what demos and tests deploy.
//
//   GET /             {"version","task","node","greeting"}
//   GET /status/CODE  an empty answer with that status, 200..599
//   GET /slow?ms=N    the same as / after N ms
//   GET /bytes/N      N bytes
//   POST /echo        the request's body, as it comes; Sample-Number counts these, from 1
//   GET /ws           a WebSocket that says what it hears
//
// Answers of /, /slow, /echo and /ws bear Sample-Version and Sample-Task.
//
// Environment: PORT (8080), GREETING, START_DELAY_MS (listens only then), EXIT_AFTER_MS (exits with 1 then),
// LOG_EVERY_MS (a numbered line on stdout), FAIL_PERCENT (of the answers of / are 500), and Hancock's own
// HANCOCK_VERSION, _TASK, _NODE.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "http/server.h"

namespace hancock::sample {

struct Settings {
  std::string version;
  std::string task;
  std::string node;
  std::string greeting;
  uint16_t port = 8080;
  Duration start_delay{};
  Duration exit_after{};  // 0: never
  Duration log_every{};   // 0: never
  uint64_t fail_percent = 0;

  static Settings from_environment();
};

io::Async<void> answer(const Settings& settings, http::Exchange& exchange);

}  // namespace hancock::sample
