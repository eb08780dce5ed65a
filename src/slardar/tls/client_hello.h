// The name that a TLS client asks for, read from what it says first (RFC 8446 section 4.1.2, RFC 6066
// section 3), without a word of TLS of our own: for streams that are passed through as they are. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hancock::slardar {

/// A ClientHello with its records is not longer; what is longer is kBad.
inline constexpr size_t kClientHelloMax = 16 << 10;

struct ClientHello {
  enum class Status {
    kDone,
    kNeedMore,
    kBad,  // not TLS, broken, or too long
  };
  Status status = Status::kNeedMore;
  std::string server_name;  // kDone: in lower case; "" when none is asked for
};

/// `bytes`: all that has come, from the first one on.
ClientHello parse_client_hello(std::string_view bytes);

}  // namespace hancock::slardar
