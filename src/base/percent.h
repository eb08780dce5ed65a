// Percent-encoding (RFC 3986, section 2.1). Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hancock {

/// Letters, digits, '.', '_', '-', '*' stay as they are; every other byte becomes %XX.
std::string percent_encode(std::string_view text);

/// What is no escape stays as it is, '+' too; nullopt on a broken escape.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace hancock
