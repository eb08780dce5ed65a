// Framing: how long a message's body is, decided from its head alone (RFC 9112 section 6.3).
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message_view.h"

namespace hancock::http {

struct Framing {
  enum class Kind { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  uint64_t length = 0;  // kLength: bytes, at least 1

  friend bool operator==(const Framing&, const Framing&) = default;
};

Framing request_framing(const RequestView& head);

/// `method` is the request's: answers to HEAD have no body, nor have 1xx, 204 and 304, whatever they claim.
Framing response_framing(const ResponseView& head, std::string_view method);

/// Whether the connection can carry another message once this response has been read.
bool response_keeps_connection(const ResponseView& head, const Framing& framing);

}  // namespace hancock::http
