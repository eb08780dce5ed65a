// Character classes of HTTP's grammar (RFC 9110 section 5.6, RFC 9112) as one table look-up each.
//
// Constant data; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace hancock::http {

namespace detail {

enum CharacterClass : uint8_t { kTokenBit = 1, kValueBit = 2, kTargetBit = 4, kHostBit = 8, kHexBit = 16 };

constexpr bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

constexpr std::array<uint8_t, 256> make_character_table() {
  std::array<uint8_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool digit = c >= '0' && c <= '9';
    const bool alphanumeric = digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool visible = i > 0x20 && i < 0x7f;
    unsigned bits = 0;
    if (alphanumeric || is_one_of(c, "!#$%&'*+-.^_`|~")) bits |= kTokenBit;
    if (visible || c == ' ' || c == '\t' || i >= 0x80) bits |= kValueBit;
    if (visible && c != '#') bits |= kTargetBit;
    if (alphanumeric || is_one_of(c, "-._~")) bits |= kHostBit;
    if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHexBit;
    table[i] = static_cast<uint8_t>(bits);
  }
  return table;
}

inline constexpr std::array<uint8_t, 256> kCharacters = make_character_table();

constexpr bool has_class(char c, CharacterClass bit) {
  return (kCharacters[static_cast<unsigned char>(c)] & bit) != 0;
}

}  // namespace detail

/// tchar: what names and methods are made of.
constexpr bool is_token_char(char c) { return detail::has_class(c, detail::kTokenBit); }
/// field-vchar, blank or tab: no NUL, no controls, no DEL.
constexpr bool is_value_char(char c) { return detail::has_class(c, detail::kValueBit); }
/// Visible ASCII but '#': a request never carries a fragment.
constexpr bool is_target_char(char c) { return detail::has_class(c, detail::kTargetBit); }
/// Letters, digits, "-._~": names and IPv4 addresses; brackets and port are the caller's.
constexpr bool is_host_char(char c) { return detail::has_class(c, detail::kHostBit); }
constexpr bool is_hex_digit(char c) { return detail::has_class(c, detail::kHexBit); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// `c` is a hex digit.
constexpr unsigned hex_value(char c) {
  return static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the next element of a comma-separated list off `list`; "" for an empty one.
constexpr std::string_view next_list_element(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view element = trim_blanks(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return element;
}

}  // namespace hancock::http
