// Encodings of bytes as text: base64 (RFC 4648 section 4, padded), lower-case hex, SHA-256 as hex.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hancock {

std::string base64_encode(std::string_view bytes);
/// nullopt unless `text` is exactly one padded base64 string.
std::optional<std::string> base64_decode(std::string_view text);

std::string hex_encode(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

}  // namespace hancock
