// Compares our reading of a message with llhttp's: what we accept it must accept, with the same body and end.
//
// The other way round is free: we refuse much that llhttp takes. Differences that are meant are listed in
// differential.cc, each with its reason.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hancock::http {

/// What differs and is not meant to; nullopt: nothing.
std::optional<std::string> find_difference(std::string_view input);

}  // namespace hancock::http
