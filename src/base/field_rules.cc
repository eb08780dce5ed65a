#include "base/field_rules.h"

#include <algorithm>

namespace hancock {
namespace {

constexpr size_t kNameMax = 64;
constexpr size_t kValueMax = 4'096;

constexpr std::string_view kKept[] = {"Connection",     "Content-Length",    "Expect",           "Host",
                                      "HTTP2-Settings", "Keep-Alive",        "Proxy-Connection", "TE",
                                      "Trailer",        "Transfer-Encoding", "Upgrade"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  if (text.empty() || text.size() > kNameMax) return false;
  return std::ranges::all_of(text, [&](char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool may_edit_field(std::string_view name) {
  return is_token(name) &&
         std::ranges::none_of(kKept, [&](std::string_view kept) { return same_name(kept, name); });
}

bool is_field_value(std::string_view value) {
  if (value.size() > kValueMax) return false;
  if (!value.empty() && (is_blank(value.front()) || is_blank(value.back()))) return false;
  return std::ranges::all_of(
      value, [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f); });
}

bool is_sticky(std::string_view text) {
  const std::string_view kind = text.substr(0, 7);
  return (kind == "cookie:" || kind == "header:") && is_token(text.substr(7));
}

}  // namespace hancock
