// ConnectionPool: idle client connections by address, last used first.
//
// Owned by a Client (a gateway's worker has its own). Loop's thread only.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "io/address.h"
#include "io/stream.h"
#include "io/timer.h"

namespace hancock::http {

class ConnectionPool {
 public:
  ConnectionPool(io::Loop& loop, size_t per_address_max);

  /// A connection that is still open and silent, or null.
  std::unique_ptr<io::Stream> take(const io::Address& peer);
  /// Keeps it for `idle`; past the limit the one that has waited longest is closed.
  void put(const io::Address& peer, std::unique_ptr<io::Stream> stream, Duration idle);
  size_t size() const { return size_; }

 private:
  struct Idle {
    std::unique_ptr<io::Stream> stream;
    TimePoint until;
  };
  void sweep();

  io::Loop& loop_;
  size_t per_address_max_;
  size_t size_ = 0;
  std::unordered_map<io::Address, std::deque<Idle>> idle_;  // newest last; no empty ones
  io::Timer sweep_timer_;
};

}  // namespace hancock::http
