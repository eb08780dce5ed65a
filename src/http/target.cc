#include "http/target.h"

#include <algorithm>

#include "http/characters.h"
#include "http/message.h"
#include "http/scan.h"

namespace hancock::http {
namespace {

// The size of "http://" or "https://" at the begin, else 0.
size_t scheme_size(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (same_name(target.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

bool is_valid_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
  unsigned number = 0;
  for (const char c : port) number = number * 10 + static_cast<unsigned>(c - '0');
  return number <= 65535;
}

}  // namespace

Check parse_target(std::string_view target, std::string_view method, Target& out) {
  const size_t bad = find_non_target(target);
  if (bad < target.size()) {
    return ParseError{bad, target[bad] == '#' ? "fragment in the target" : "byte not allowed in the target"};
  }
  out = {};
  if (target.starts_with('/')) {
    out.rest = target;
    return {};
  }
  if (target == "*") {
    if (method != "OPTIONS") return ParseError{0, "target * is for OPTIONS only"};
    out.rest = target;
    return {};
  }
  const size_t scheme = scheme_size(target);
  if (scheme == 0) return ParseError{0, "target is neither a path nor an http URL"};
  const size_t end = std::min(target.find_first_of("/?", scheme), target.size());
  out.authority = target.substr(scheme, end - scheme);
  if (!is_valid_host(out.authority)) return ParseError{scheme, "broken host in the target"};
  if (end < target.size() && target[end] == '?') return ParseError{end, "target URL without a path"};
  out.rest = end < target.size() ? target.substr(end) : method == "OPTIONS" ? "*" : "/";
  return {};
}

bool is_valid_host(std::string_view host) {
  size_t end = 0;
  if (host.starts_with('[')) {
    end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto fits = [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; };
    if (!std::all_of(host.begin() + 1, host.begin() + static_cast<std::ptrdiff_t>(end), fits)) return false;
    ++end;
  } else {
    while (end < host.size() && is_host_char(host[end])) ++end;
  }
  if (end == 0) return false;
  if (end == host.size()) return true;
  return host[end] == ':' && is_valid_port(host.substr(end + 1));
}

}  // namespace hancock::http
