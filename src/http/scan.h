// Scans for the first byte that may not stand in a value or a target, eight bytes at a time.
//
// The same answer as asking is_value_char or is_target_char byte by byte, at a fraction of the time: heads
// are mostly values. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/characters.h"

namespace hancock::http {

namespace detail {

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t kHighs = 0x8080808080808080;

inline uint64_t load(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
// Nonzero when some byte of `word` is below `limit` (at most 0x80), or is `byte`. Exact as a whole, though a
// borrow may mark further bytes.
constexpr uint64_t any_below(uint64_t word, uint64_t limit) {
  return (word - kOnes * limit) & ~word & kHighs;
}
constexpr uint64_t any_is(uint64_t word, uint64_t byte) { return any_below(word ^ (kOnes * byte), 1); }

}  // namespace detail

/// The offset of the first byte that no value may hold; text.size() when there is none.
inline size_t find_non_value(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8) {
      const uint64_t word = detail::load(text.data() + at);
      if ((detail::any_below(word, 0x20) | detail::any_is(word, 0x7f)) == 0) {
        at += 8;
        continue;
      }
    }
    // A tab, something forbidden, or the rest: byte by byte.
    const size_t end = text.size() - at < 8 ? text.size() : at + 8;
    for (; at < end; ++at) {
      if (!is_value_char(text[at])) return at;
    }
  }
  return at;
}

/// The same for a request's target.
inline size_t find_non_target(std::string_view text) {
  size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    const uint64_t word = detail::load(text.data() + at);
    const uint64_t bad = detail::any_below(word, 0x21) | detail::any_is(word, 0x7f) |
                         detail::any_is(word, '#') | (word & detail::kHighs);
    if (bad != 0) break;
  }
  while (at < text.size() && is_target_char(text[at])) ++at;
  return at;
}

}  // namespace hancock::http
