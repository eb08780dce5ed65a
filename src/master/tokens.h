// Tokens: who may speak to the API. Of each token only its SHA-256, its name and its role are kept
// (state/tokens/).
//
// Pure, but for make_token(); any thread. A look-up takes the same time whichever token it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "master/core/state.h"

namespace hancock::master {

/// Who sent a request.
struct Principal {
  std::string name;
  model::Role role = model::ROLE_OPERATOR;
};

/// Of a role that this version knows; nullopt otherwise.
std::optional<Principal> find_principal(const Table<std::string, model::Token>& tokens,
                                        std::string_view token);

/// The T of "Authorization: Bearer T"; nullopt for anything else (RFC 6750 section 2.1).
std::optional<std::string_view> bearer_token(std::string_view authorization);

/// A new token: 256 random bits as text.
std::string make_token();

}  // namespace hancock::master
