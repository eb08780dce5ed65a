// Shares: a few slots that many want, of which no tenant has more than its share at a time: whoever is slow
// is so at its own expense.
//
//   auto share = co_await shares.take(tenant, deadline);      // kTimeout when none came free
//   …                                                         // given back when `share` is destroyed
//
// Loop's thread. Outlives what it gives.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "io/async.h"
#include "io/signal.h"

namespace hancock::agent {

class Shares {
 public:
  class Share {
   public:
    Share(Shares& shares, std::string tenant) : shares_(&shares), tenant_(std::move(tenant)) {}
    Share(Share&& other) noexcept
        : shares_(std::exchange(other.shares_, nullptr)), tenant_(std::move(other.tenant_)) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (shares_ != nullptr) shares_->give_back(tenant_);
    }

   private:
    Shares* shares_;
    std::string tenant_;
  };

  Shares(io::Loop& loop, size_t each) : each_(each), freed_(loop) {}

  io::Async<Result<Share>> take(std::string tenant, TimePoint deadline = kForever);

 private:
  void give_back(const std::string& tenant);

  size_t each_;
  std::map<std::string, size_t> used_;
  io::Signal freed_;
};

}  // namespace hancock::agent
