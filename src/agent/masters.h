// Masters: which of the Masters this Agent talks to, and how each request to them begins. Loop's thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/message.h"
#include "io/address.h"

namespace hancock::agent {

class Masters {
 public:
  /// `addresses`: at least one.
  Masters(std::vector<io::Address> addresses, std::string token, std::string node)
      : addresses_(std::move(addresses)), token_(std::move(token)), node_(std::move(node)) {}

  /// "198.18.7.2:7400,198.18.7.3:7400", also with "http://" before each.
  static Result<std::vector<io::Address>> parse(std::string_view list);

  const io::Address& current() const { return addresses_[current_]; }
  const std::vector<io::Address>& all() const { return addresses_; }
  /// The current one does not answer, or does not lead.
  void next() { current_ = (current_ + 1) % addresses_.size(); }

  /// "/v1/nodes/<node>" + `path`, with the token.
  http::RequestHead request(std::string method, std::string_view path) const;
  /// What every request bears; also those to the door.
  http::Headers headers() const;

 private:
  std::vector<io::Address> addresses_;
  size_t current_ = 0;
  std::string token_;
  std::string node_;
};

}  // namespace hancock::agent
