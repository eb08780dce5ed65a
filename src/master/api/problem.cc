#include "master/api/problem.h"

#include "model/json_text.h"

namespace hancock::master::api {
namespace {

constexpr int kRetryAfterS = 1;

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return 400;
    case ErrorCode::kUnsupported:
      return 501;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kDenied:
      return 403;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kGone:
      return 410;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kCancelled:
      return 503;
    case ErrorCode::kClosed:
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

}  // namespace

std::string quote(std::string_view text) { return model::json_string(text); }

Problem::Problem(int its_status, Mistake mistake) : status(its_status) {
  if (status == 503) retry_after_s = kRetryAfterS;
  mistakes.push_back(std::move(mistake));
}

Problem unsupported(std::string_view what) {
  return Problem(501, Mistake("unsupported", fmt::format("{} is not supported yet", what)));
}

Problem problem_of(const Error& error) {
  const int status = status_of(error.code);
  // A store that cannot be reached has a name of its own: nothing is wrong with the request.
  const std::string_view code = status == 503 ? "no_store" : to_string(error.code);
  return Problem(status, Mistake(code, error.message, error.field));
}

std::string to_json(const Problem& problem) {
  std::string out = "{\"errors\":[";
  for (const Mistake& mistake : problem.mistakes) {
    if (out.back() == '}') out += ',';
    out += fmt::format(R"({{"code":{},"message":{},"field":{},"value":{},"allowed":{},"line":{}}})",
                       quote(mistake.code), quote(mistake.message), quote(mistake.field),
                       quote(mistake.value), quote(mistake.allowed), mistake.line);
  }
  out += ']';
  if (!problem.oldest.empty()) out += ",\"oldest\":" + quote(problem.oldest);
  return out += "}\n";
}

}  // namespace hancock::master::api
