#include "http/start_line.h"

#include "http/characters.h"

namespace hancock::http {
namespace {

constexpr size_t kVersionSize = 8;  // "HTTP/1.1"

// `version` is all that stands where the version belongs.
Check parse_version(std::string_view version, int& minor) {
  const bool shaped = version.size() == kVersionSize && version.starts_with("HTTP/") &&
                      is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!shaped || version[5] == '0') return ParseError{0, "broken HTTP version"};
  minor = version[7] - '0';
  if (version[5] != '1' || minor > 1) return ParseError{5, "HTTP version is neither 1.0 nor 1.1", 505};
  return {};
}

}  // namespace

Check parse_request_line(std::string_view line, size_t target_limit_bytes, RequestView& head,
                         Target& target) {
  size_t at = 0;
  while (at < line.size() && is_token_char(line[at])) ++at;
  if (at == 0 || at == line.size() || line[at] != ' ') return ParseError{at, "broken method"};
  head.method = line.substr(0, at);
  const size_t target_at = at + 1;
  const size_t end = line.find(' ', target_at);
  if (end == target_at) return ParseError{target_at, "two blanks in the request line"};
  if (end == std::string_view::npos)
    return ParseError{line.size(), "request line without a version (HTTP/0.9)"};
  if (end - target_at > target_limit_bytes) return ParseError{target_at, "target too long", 414};
  if (auto bad = parse_version(line.substr(end + 1), head.minor_version)) return shifted(bad, end + 1);
  if (head.method == "CONNECT" || head.method == "TRACE") return ParseError{0, "method not allowed", 405};
  if (auto bad = parse_target(line.substr(target_at, end - target_at), head.method, target)) {
    return shifted(bad, target_at);
  }
  head.target = target.rest;
  return {};
}

Check parse_status_line(std::string_view line, ResponseView& head) {
  if (auto bad = parse_version(line.substr(0, kVersionSize), head.minor_version)) return bad;
  std::string_view rest = line.substr(kVersionSize);
  const bool digits = rest.size() >= 4 && rest[0] == ' ' && rest[1] >= '1' && rest[1] <= '9' &&
                      is_digit(rest[2]) && is_digit(rest[3]);
  if (!digits) return ParseError{kVersionSize, "broken status code"};
  head.status = (rest[1] - '0') * 100 + (rest[2] - '0') * 10 + (rest[3] - '0');
  rest.remove_prefix(4);
  if (rest.empty()) return {};
  const size_t at = line.size() - rest.size();
  if (rest[0] != ' ') return ParseError{at, "broken status code"};
  head.reason = rest.substr(1);
  for (size_t i = 0; i < head.reason.size(); ++i) {
    if (!is_value_char(head.reason[i])) return ParseError{at + 1 + i, "control byte in the reason phrase"};
  }
  return {};
}

}  // namespace hancock::http
