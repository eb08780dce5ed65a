// Balancer: chooses which server of one upstream gets the next try. One object for each upstream and worker.
//
// Servers are known by their place in the list that update() was given last. Worker's thread; pure: no clock,
// no I/O, no allocation in pick(). Each kind stands in a file of its own and in the table of balancers.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hancock::slardar {

/// One server as a balancer sees it.
struct Weighted {
  uint64_t identity = 0;  // the same server keeps it from one update to the next
  uint32_t weight = 1;    // 0: no traffic
};

/// The servers that have failed in this request already, by place.
using Tried = std::span<const size_t>;
/// How much of its weight each has now, by place, of kWholeShare (slow_start.h); none: all of it.
using Shares = std::span<const uint32_t>;

class Balancer {
 public:
  virtual ~Balancer() = default;

  /// Takes a new list; servers that stay keep their position.
  virtual void update(std::span<const Weighted> servers) = 0;
  /// The place of the server to try next; nullopt when none is left.
  virtual std::optional<size_t> pick(Tried tried, Shares shares = {}) = 0;
  /// A try on that server has failed.
  virtual void failed(size_t place) = 0;
};

}  // namespace hancock::slardar
