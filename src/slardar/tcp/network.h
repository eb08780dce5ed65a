// Network: the addresses that share a prefix: "10.0.0.0/8", "2001:db8::/32", "127.0.0.1". Values only; any
// thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "io/address.h"

namespace hancock::slardar {

class Network {
 public:
  /// Errors: kInvalid. Bits behind the prefix are not looked at.
  static Result<Network> parse(std::string_view text);
  bool contains(const io::Address& address) const;

 private:
  int family_ = 0;
  size_t bits_ = 0;
  std::array<unsigned char, 16> ip_{};
};

}  // namespace hancock::slardar
