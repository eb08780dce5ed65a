// Problem: why a request was refused, as the API says it: a status and `{"errors":[…]}` (docs/api.md,
// "Errors").
//
// Values only; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace hancock::master::api {

// Both have constructors on purpose: GCC 12 destroys an aggregate temporary of a co_await expression twice.

/// One entry of "errors"; every member is always written.
struct Mistake {
  Mistake(std::string_view its_code, std::string its_message, std::string its_field = {},
          std::string its_value = {}, std::string its_allowed = {}, int its_line = 0)
      : code(its_code),
        message(std::move(its_message)),
        field(std::move(its_field)),
        value(std::move(its_value)),
        allowed(std::move(its_allowed)),
        line(its_line) {}

  std::string code;
  std::string message;
  std::string field;
  std::string value;
  std::string allowed;
  int line;  // 1-based, of a spec; 0: none
};

struct Problem {
  explicit Problem(int its_status) : status(its_status) {}
  Problem(int its_status, Mistake mistake);

  int status;
  std::vector<Mistake> mistakes;
  int retry_after_s = 0;  // > 0: Retry-After
  std::string oldest;     // 410: where what is kept begins
  std::string allow;      // 405: Allow
};

/// A verb or path that a later version fills in.
Problem unsupported(std::string_view what);
/// What an Error of the folders below means to a client.
Problem problem_of(const Error& error);

std::string to_json(const Problem& problem);

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string quote(std::string_view text);

}  // namespace hancock::master::api
