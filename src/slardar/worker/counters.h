// Counters: what one worker counts for /metrics and /status. Written by its thread, copied there on request.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "slardar/http/failure.h"
#include "slardar/http2/http2_guard.h"

namespace hancock::slardar {

class Histogram {
 public:
  /// Upper bounds in microseconds; above the last one: infinity.
  static constexpr std::array<int64_t, 16> kBoundsUs{
      250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,     50'000,
      100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 60'000'000};
  void add(Duration duration) {
    const int64_t us = duration.count() / 1'000;
    size_t bucket = 0;
    while (bucket < kBoundsUs.size() && us > kBoundsUs[bucket]) ++bucket;
    ++counts_[bucket];
    sum_us_ += us;
  }
  void merge(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_us_ += other.sum_us_;
  }
  /// One more than bounds; not cumulated.
  const std::array<uint64_t, kBoundsUs.size() + 1>& counts() const { return counts_; }
  int64_t sum_us() const { return sum_us_; }

 private:
  std::array<uint64_t, kBoundsUs.size() + 1> counts_{};
  int64_t sum_us_ = 0;
};

struct Counters {
  std::array<uint64_t, kFailures> errors{};
  Histogram durations;
  uint64_t bytes_in = 0;   // from visitors
  uint64_t bytes_out = 0;  // to visitors
  uint64_t retries = 0;
  uint64_t ejections = 0;
  uint64_t in_flight = 0;            // requests and streams
  uint64_t visitor_connections = 0;  // open now
  uint64_t turned_away = 0;          // connections past the limit
  uint64_t tls_full = 0;             // handshakes of visitors: with a certificate
  uint64_t tls_resumed = 0;          // by a ticket
  uint64_t tls_failed = 0;
  uint64_t http2_requests = 0;
  std::array<uint64_t, Http2Guard::kEvents> http2_refused{};  // connections, by why they were ended

  void merge(const Counters& other) {
    for (size_t i = 0; i < kFailures; ++i) errors[i] += other.errors[i];
    durations.merge(other.durations);
    bytes_in += other.bytes_in;
    bytes_out += other.bytes_out;
    retries += other.retries;
    ejections += other.ejections;
    in_flight += other.in_flight;
    visitor_connections += other.visitor_connections;
    turned_away += other.turned_away;
    tls_full += other.tls_full;
    tls_resumed += other.tls_resumed;
    tls_failed += other.tls_failed;
    http2_requests += other.http2_requests;
    for (size_t i = 0; i < Http2Guard::kEvents; ++i) http2_refused[i] += other.http2_refused[i];
  }
};

/// A visitor's connection is counted as open while this lives.
class CountedVisitor {
 public:
  explicit CountedVisitor(Counters& counters) : counters_(counters) { ++counters_.visitor_connections; }
  CountedVisitor(const CountedVisitor&) = delete;
  CountedVisitor& operator=(const CountedVisitor&) = delete;
  ~CountedVisitor() { --counters_.visitor_connections; }

 private:
  Counters& counters_;
};

}  // namespace hancock::slardar
