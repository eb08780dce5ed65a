// Digests as lower-case hex: the version of a Lua text, and what scripts sign and check with. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace hancock::slardar {

std::string md5_hex(std::string_view bytes);
/// RFC 2104 with SHA-256.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

}  // namespace hancock::slardar
