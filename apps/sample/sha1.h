// SHA-1 (FIPS 180-4 section 6.1), which RFC 6455 asks for: the sample is linked without OpenSSL. Pure.
#pragma once

#include <string>
#include <string_view>

namespace hancock::sample {

/// The 20 bytes of the digest.
std::string sha1(std::string_view bytes);

}  // namespace hancock::sample
