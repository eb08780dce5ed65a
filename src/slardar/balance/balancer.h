// Balancer: chooses which server of one level of one upstream gets the next try. One object for each level
// and worker.
//
// Servers are known by their place in the list that update() was given last. Worker's thread; pure: time,
// chance and keys come with the Choice; no I/O, no allocation in pick(). Each kind stands in a file of its
// own and in the table of balancers.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.h"
#include "base/random.h"

namespace hancock::slardar {

/// One server as a balancer sees it.
struct Weighted {
  uint64_t identity = 0;  // the same server keeps it from one update to the next
  uint32_t weight = 1;    // 0: no traffic
  friend bool operator==(const Weighted&, const Weighted&) = default;
};

/// By place: 1 is left out, as who was tried already, or rests. None: nobody is.
using LeftOut = std::span<const uint8_t>;
/// How much of its weight each has now, by place, of kWholeShare (slow_start.h); none: all of it.
using Shares = std::span<const uint32_t>;

/// What one choice goes by.
struct Choice {
  LeftOut left_out = {};
  Shares shares = {};
  uint64_t key = 0;          // what a hash balancer goes by
  TimePoint now = {};        // for those that look at durations
  Random* random = nullptr;  // for those that go by chance, never nullptr there

  bool leaves_out(size_t place) const { return !left_out.empty() && left_out[place] != 0; }
};

class Balancer {
 public:
  virtual ~Balancer() = default;

  /// Takes a new list; servers that stay keep what is known of them.
  virtual void update(std::span<const Weighted> servers) = 0;
  /// The place of the server to try next; nullopt when none is left.
  virtual std::optional<size_t> pick(const Choice& choice) = 0;

  // What has come of a pick. `place` is that of the present list.
  /// A try on it begins, ends.
  virtual void began(size_t /*place*/) {}
  virtual void ended(size_t /*place*/) {}
  /// The head of an answer, or a stream's connection, came after so long.
  virtual void answered(size_t /*place*/, Duration /*took*/, TimePoint /*now*/) {}
  /// A try has failed.
  virtual void failed(size_t /*place*/, TimePoint /*now*/) {}
};

}  // namespace hancock::slardar
