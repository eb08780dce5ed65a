// Reading: what a parser made of the first message in some bytes: where it ends and what its body is.
//
// Plain values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hancock::http {

struct Reading {
  enum class Outcome { kBad, kIncomplete, kComplete };
  Outcome outcome = Outcome::kIncomplete;
  bool head_done = false;
  std::string start;                // method and status code, as far as there is one
  std::vector<std::string> fields;  // "name: value" of the head, values trimmed
  std::string body;                 // as far as it has come
  size_t consumed = 0;              // kComplete: where the next message begins
  bool until_close = false;         // the body ends with the connection
  bool in_trailers = false;         // kIncomplete: the last line is a trailer's, judged when it is complete
  std::string reason;               // kBad
  size_t bad_at = 0;                // kBad: offset of the byte that llhttp stumbled over
};

/// Bytes that begin with "HTTP/" are taken for a response to a GET.
bool is_response(std::string_view input);

/// Our own parser's reading.
Reading read_message(std::string_view input);

}  // namespace hancock::http
