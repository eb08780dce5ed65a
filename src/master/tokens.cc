#include "master/tokens.h"

#include <openssl/crypto.h>

#include "base/encoding.h"
#include "base/random.h"
#include "http/message.h"

namespace hancock::master {

std::optional<Principal> find_principal(const Table<std::string, model::Token>& tokens,
                                        std::string_view token) {
  const std::string wanted = sha256_hex(token);
  std::optional<Principal> found;
  for (const auto& [name, stored] : tokens) {
    const model::Token& known = stored.value;
    if (known.sha256().size() != wanted.size() || !model::Role_IsValid(known.role())) continue;
    if (CRYPTO_memcmp(wanted.data(), known.sha256().data(), wanted.size()) == 0) {
      found = Principal{name, known.role()};
    }
  }
  return found;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  const size_t space = authorization.find(' ');
  if (space == std::string_view::npos || !http::same_name(authorization.substr(0, space), "Bearer")) {
    return std::nullopt;
  }
  std::string_view token = authorization.substr(space);
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  if (token.empty() || token.find(' ') != std::string_view::npos) return std::nullopt;
  return token;
}

std::string make_token() {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const uint64_t word = system_random().next();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return hex_encode(bytes);
}

}  // namespace hancock::master
