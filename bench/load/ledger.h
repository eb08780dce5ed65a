// Ledger: what all requests and streams came to. Says each failure at once (stderr), writes a line for each
// request where it is told to, and sums up in the end.
//
// A line of the log: milliseconds since 1970 when it was due, latency in microseconds, gateway, kind, way,
// Version, "ok" or "failed".
//
// Loop's thread only.
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "load/handled.h"
#include "load/latencies.h"
#include "load/options.h"
#include "load/visit.h"

namespace hancock::load {

class Ledger {
 public:
  /// `start` was at `wall`. Aborts when the log cannot be written. `options` outlives it.
  Ledger(const Options& options, TimePoint start, WallTime wall);

  void note(const Visit& visit);
  void note(const StreamEnd& end);
  void note_stream(uint64_t version, TimePoint now);
  void note_echo() { ++echoes_; }
  void note_held() { ++held_; }

  nlohmann::json summary() const;

 private:
  /// A Version, by what it answered.
  struct Served {
    TimePoint first;       // its first answer
    TimePoint last_began;  // the last request that it answered, slow ones left out
    Latencies latencies;
  };
  void note_answer(const Answer& answer, const Request& request, TimePoint now);
  std::optional<TimePoint> replaced_at(uint64_t version) const;
  void note_failure(const Visit& visit);
  bool is_early(const StreamEnd& end) const;
  void write_line(const Visit& visit);
  WallTime wall_of(TimePoint time) const;
  int64_t epoch_ms(TimePoint time) const;
  nlohmann::json versions() const;

  const Options& options_;
  TimePoint start_;
  WallTime wall_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_;

  uint64_t requests_ = 0;
  uint64_t failed_ = 0;   // at the first try
  uint64_t lost_ = 0;     // and at the retry
  uint64_t moved_ = 0;    // a gateway could not be connected to
  uint64_t held_ = 0;     // back, for there were too many at once
  uint64_t crossed_ = 0;  // begun before a newer Version was seen, finished after that by the older
  Duration late_{};       // the longest time after that at which a request began and came to the older
  Latencies latencies_;   // of all that are not slow on purpose
  Handled handled_;
  std::map<uint64_t, Served> served_;
  std::vector<nlohmann::json> failures_;

  uint64_t streams_ = 0;
  uint64_t echoes_ = 0;
  uint64_t early_ = 0;  // streams that ended before they may
  std::vector<nlohmann::json> stream_ends_;
};

}  // namespace hancock::load
