// Members: the addresses that an etcd cluster answers at, and the one that is used now. Plain value.
#pragma once

#include <vector>

#include "io/address.h"

namespace hancock::etcd {

class Members {
 public:
  /// At least one.
  explicit Members(std::vector<io::Address> addresses) : addresses_(std::move(addresses)) {}

  size_t size() const { return addresses_.size(); }
  size_t current() const { return current_; }
  const io::Address& address(size_t member) const { return addresses_[member]; }
  /// The next one is used, unless that has happened already.
  void failed(size_t member) {
    if (member == current_) current_ = (current_ + 1) % addresses_.size();
  }

 private:
  std::vector<io::Address> addresses_;
  size_t current_ = 0;
};

}  // namespace hancock::etcd
