#include "master/api/problem.h"

namespace hancock::master::api {
namespace {

constexpr int kRetryAfterS = 1;

// How many bytes of well-formed UTF-8 one character at `at` takes; 0: it is not one (RFC 3629).
size_t character_size(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const size_t size = first < 0x80   ? 1
                      : first < 0xC2 ? 0
                      : first < 0xE0 ? 2
                      : first < 0xF0 ? 3
                      : first < 0xF5 ? 4
                                     : 0;
  if (size == 0 || at + size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  if (first == 0xE0 && byte(at + 1) < 0xA0) return 0;
  if (first == 0xED && byte(at + 1) > 0x9F) return 0;
  if (first == 0xF0 && byte(at + 1) < 0x90) return 0;
  if (first == 0xF4 && byte(at + 1) > 0x8F) return 0;
  return size;
}

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

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const size_t size = character_size(text, i);
    const char c = text[i];
    if (size == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(i, size);
    }
    i += size == 0 ? 1 : size;
  }
  return out += '"';
}

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
