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

/// Of a part that begins `by` bytes into the input: the offset in the whole.
inline Check shifted(Check part, size_t by) {
  if (part) part->offset += by;
  return part;
}

}  // namespace hancock::http
