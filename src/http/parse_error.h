// ParseError: where a message breaks the rules of docs/http.md, and which rule.
#pragma once

#include <cstddef>
#include <optional>

namespace hancock::http {

struct ParseError {
  size_t offset = 0;        // of the offending byte in the parsed input
  const char* reason = "";  // static text
  int status = 400;         // what a server answers
};

/// nullopt: nothing is wrong.
using Check = std::optional<ParseError>;

}  // namespace hancock::http
