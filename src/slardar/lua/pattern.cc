#include "slardar/lua/pattern.h"

#include <cctype>
#include <cstring>

namespace hancock::slardar {
namespace {

constexpr char kEscape = '%';

int byte_of(char c) { return static_cast<unsigned char>(c); }

/// "%a" and its kin; an upper-case letter is all that the lower-case one is not.
bool is_in_class(int c, char letter) {
  bool in = false;
  switch (std::tolower(byte_of(letter))) {
    case 'a':
      in = std::isalpha(c);
      break;
    case 'c':
      in = std::iscntrl(c);
      break;
    case 'd':
      in = std::isdigit(c);
      break;
    case 'l':
      in = std::islower(c);
      break;
    case 'p':
      in = std::ispunct(c);
      break;
    case 's':
      in = std::isspace(c);
      break;
    case 'u':
      in = std::isupper(c);
      break;
    case 'w':
      in = std::isalnum(c);
      break;
    case 'x':
      in = std::isxdigit(c);
      break;
    case 'z':
      in = c == 0;
      break;
    default:
      return byte_of(letter) == c;
  }
  return std::isupper(byte_of(letter)) ? !in : in;
}

/// `set` is that of "[set]": without the brackets.
bool is_in_set(int c, std::string_view set) {
  const bool wanted = !set.starts_with('^');
  if (!wanted) set.remove_prefix(1);
  while (!set.empty()) {
    if (set[0] == kEscape && set.size() > 1) {
      if (is_in_class(c, set[1])) return wanted;
      set.remove_prefix(2);
    } else if (set.size() > 2 && set[1] == '-') {
      if (byte_of(set[0]) <= c && c <= byte_of(set[2])) return wanted;
      set.remove_prefix(3);
    } else {
      if (byte_of(set[0]) == c) return wanted;
      set.remove_prefix(1);
    }
  }
  return !wanted;
}

}  // namespace

Pattern::Pattern(std::string_view subject, std::string_view pattern, int64_t& steps)
    : subject_(subject.data()),
      subject_end_(subject.data() + subject.size()),
      pattern_(pattern.data()),
      pattern_end_(pattern.data() + pattern.size()),
      steps_(steps) {}

bool Pattern::match(size_t begin) {
  depth_ = 0;
  level_ = 0;
  if (!spend(1)) return false;
  const Place end = run(subject_ + begin, pattern_);
  if (!end || wrong_ || steps_ < 0) return false;
  for (size_t i = 0; i < level_; ++i) {
    if (kept_[i].size == kUnfinished) return fail("unfinished capture") != nullptr;
  }
  end_ = static_cast<size_t>(end - subject_);
  return true;
}

Pattern::Capture Pattern::capture(size_t index) const {
  const Kept& kept = kept_[index];
  if (kept.size == kPosition) return {{}, static_cast<size_t>(kept.begin - subject_) + 1};
  return {{kept.begin, static_cast<size_t>(kept.size)}, std::nullopt};
}

bool Pattern::spend(int64_t steps) {
  steps_ -= steps;
  return steps_ >= 0;
}

Pattern::Place Pattern::fail(const char* wrong) {
  wrong_ = wrong;
  return nullptr;
}

/// The place past what `pattern` matches from there on.
Pattern::Place Pattern::run(Place at, Place pattern) {
  if (++depth_ > kDepthMax) return fail("pattern too complex");
  bool more = true;
  while (at && more && pattern != pattern_end_) {
    if (!spend(1)) return nullptr;
    at = run_one(at, pattern, more);
  }
  --depth_;
  return at;
}

/// One item of it. `more`: what follows it is still to be matched.
Pattern::Place Pattern::run_one(Place at, Place& pattern, bool& more) {
  const char next = pattern + 1 < pattern_end_ ? pattern[1] : '\0';
  switch (*pattern) {
    case '(':
      more = false;
      return next == ')' ? open_capture(at, pattern + 2, kPosition)
                         : open_capture(at, pattern + 1, kUnfinished);
    case ')':
      more = false;
      return close_capture(at, pattern + 1);
    case '$':
      if (pattern + 1 != pattern_end_) break;
      more = false;
      return at == subject_end_ ? at : nullptr;
    case kEscape:
      if (next == 'b') {
        at = match_balance(at, pattern + 2);
        if (at) pattern += 4;
        return at;
      }
      if (next == 'f') return match_frontier(at, pattern);
      if (std::isdigit(byte_of(next))) {
        pattern += 2;
        return match_back_reference(at, next);
      }
      break;
    default:
      break;
  }
  return run_default(at, pattern, more);
}

Pattern::Place Pattern::run_default(Place at, Place& pattern, bool& more) {
  const Place item = pattern;
  const Place past = item_end(item);
  if (!past) return nullptr;
  const char suffix = past != pattern_end_ ? *past : '\0';
  switch (suffix) {
    case '?':
      if (matches_one(at, item, past)) {
        const Place rest = run(at + 1, past + 1);
        if (rest || wrong_ || steps_ < 0) {
          more = false;
          return rest;
        }
      }
      pattern = past + 1;
      return at;
    case '+':
      more = false;
      return matches_one(at, item, past) ? expand_most(at + 1, item, past) : nullptr;
    case '*':
      more = false;
      return expand_most(at, item, past);
    case '-':
      more = false;
      return expand_least(at, item, past);
    default:
      pattern = past;
      return matches_one(at, item, past) ? at + 1 : nullptr;
  }
}

Pattern::Place Pattern::expand_most(Place at, Place pattern, Place past) {
  ptrdiff_t count = 0;
  while (matches_one(at + count, pattern, past)) ++count;
  for (; count >= 0; --count) {
    const Place rest = run(at + count, past + 1);
    if (rest || wrong_ || !spend(1)) return rest;
  }
  return nullptr;
}

Pattern::Place Pattern::expand_least(Place at, Place pattern, Place past) {
  while (true) {
    const Place rest = run(at, past + 1);
    if (rest || wrong_ || !spend(1)) return rest;
    if (!matches_one(at, pattern, past)) return nullptr;
    ++at;
  }
}

Pattern::Place Pattern::open_capture(Place at, Place pattern, ptrdiff_t size) {
  if (level_ >= kCapturesMax) return fail("too many captures");
  kept_[level_++] = {at, size};
  const Place rest = run(at, pattern);
  if (!rest) --level_;
  return rest;
}

Pattern::Place Pattern::close_capture(Place at, Place pattern) {
  size_t open = level_;
  while (open > 0 && kept_[open - 1].size != kUnfinished) --open;
  if (open == 0) return fail("invalid pattern capture");
  kept_[open - 1].size = at - kept_[open - 1].begin;
  const Place rest = run(at, pattern);
  if (!rest) kept_[open - 1].size = kUnfinished;
  return rest;
}

Pattern::Place Pattern::match_balance(Place at, Place pattern) {
  if (pattern_end_ - pattern < 2) return fail("unbalanced pattern");
  if (at == subject_end_ || *at != pattern[0]) return nullptr;
  size_t open = 1;
  while (++at < subject_end_) {
    if (!spend(1)) return nullptr;
    if (*at == pattern[1]) {
      if (--open == 0) return at + 1;
    } else if (*at == pattern[0]) {
      ++open;
    }
  }
  return nullptr;
}

Pattern::Place Pattern::match_frontier(Place at, Place& pattern) {
  const Place set = pattern + 2;
  if (set >= pattern_end_ || *set != '[') return fail("missing '[' after '%f' in pattern");
  const Place past = item_end(set);
  if (!past) return nullptr;
  const std::string_view inside(set + 1, static_cast<size_t>(past - set) - 2);
  const int before = at == subject_ ? 0 : byte_of(at[-1]);
  const int after = at == subject_end_ ? 0 : byte_of(*at);
  pattern = past;
  return !is_in_set(before, inside) && is_in_set(after, inside) ? at : nullptr;
}

Pattern::Place Pattern::match_back_reference(Place at, char digit) {
  const size_t index = static_cast<size_t>(digit - '1');
  if (digit == '0' || index >= level_ || kept_[index].size < 0) return fail("invalid capture index");
  const auto size = static_cast<size_t>(kept_[index].size);
  if (static_cast<size_t>(subject_end_ - at) < size || !spend(static_cast<int64_t>(size / 16)))
    return nullptr;
  return std::memcmp(kept_[index].begin, at, size) == 0 ? at + size : nullptr;
}

bool Pattern::matches_one(Place at, Place pattern, Place past) {
  if (at == subject_end_ || !spend(1 + (past - pattern) / 4)) return false;
  const int c = byte_of(*at);
  switch (*pattern) {
    case '.':
      return true;
    case kEscape:
      return is_in_class(c, pattern[1]);
    case '[':
      return is_in_set(c, {pattern + 1, static_cast<size_t>(past - pattern) - 2});
    default:
      return byte_of(*pattern) == c;
  }
}

/// Past one item: a character, an escape or a set.
Pattern::Place Pattern::item_end(Place pattern) {
  const char first = *pattern++;
  if (first == kEscape)
    return pattern == pattern_end_ ? fail("malformed pattern (ends with '%')") : pattern + 1;
  if (first != '[') return pattern;
  const Place begin = pattern;
  if (pattern != pattern_end_ && *pattern == '^') ++pattern;
  do {  // a ']' that stands first is one of the set
    if (pattern == pattern_end_) return fail("malformed pattern (missing ']')");
    const char each = *pattern++;
    if (each == kEscape && pattern != pattern_end_) ++pattern;
  } while (pattern == pattern_end_ || *pattern != ']');
  return spend((pattern - begin) / 4) ? pattern + 1 : nullptr;
}

}  // namespace hancock::slardar
