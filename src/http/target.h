// The target of a request (RFC 9112 section 3.2) and the host it names.
//
// Pure functions over bytes; any thread.
#pragma once

#include <string_view>

#include "http/parse_error.h"

namespace hancock::http {

struct Target {
  std::string_view authority;  // of an absolute form, else ""
  std::string_view rest;       // origin form, or "*"
};

/// Splits `target`: "/path?query", "http://host/path?query", or "*" for OPTIONS.
Check parse_target(std::string_view target, std::string_view method, Target& out);

/// A name, IPv4 address or [IPv6 address], with or without a port.
bool is_valid_host(std::string_view host);

}  // namespace hancock::http
