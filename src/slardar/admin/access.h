// AdminAccess: who may use the admin API. With tokens: who shows one, and who comes from an address that
// needs none; with such addresses alone: who comes from there; with neither: who can connect, which is this
// machine then. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/server.h"
#include "slardar/tcp/network.h"

namespace hancock::slardar {

class AdminAccess {
 public:
  static constexpr size_t kTokenMin = 16;  // characters

  AdminAccess() = default;
  AdminAccess(std::vector<std::string> tokens, std::vector<Network> allowed)
      : tokens_(std::move(tokens)), allowed_(std::move(allowed)) {}

  /// The answer for who may not: 401, when a token would help (`Authorization: Bearer TOKEN`; for browsers
  /// also `Basic`, with the token as the password), else 403. nullopt: he may. What a page of another site
  /// could make a browser send, a write with an Origin, is refused to everybody.
  std::optional<http::Response> refusal(const http::RequestHead& request, const io::Address& peer) const;

 private:
  bool comes_from_allowed(const io::Address& peer) const;
  bool shows_token(const http::Headers& headers) const;

  std::vector<std::string> tokens_;
  std::vector<Network> allowed_;
};

/// The tokens in a file, one a line. Errors: kNotFound, kDenied; kInvalid: there is none, or one is too
/// short.
Result<std::vector<std::string>> read_tokens(const std::string& path);

}  // namespace hancock::slardar
