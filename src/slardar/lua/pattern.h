// Pattern: Lua's patterns (Lua 5.1 reference manual, section 5.4.1), matched with a bound on the work. The
// library's own matcher has none: "a?a?a?…aaa" takes it exponential time, in C, where no budget is looked at.
//
//   int64_t steps = 10'000;
//   Pattern words(text, "(%w+)=(%w+)", steps);
//   if (words.match(0)) … words.capture(0) …
//
// Pure; borrows both texts. Any thread, one at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hancock::slardar {

class Pattern {
 public:
  static constexpr size_t kCapturesMax = 32;
  static constexpr int kDepthMax = 200;

  /// `steps` are used up by what is looked at; below 0 nothing matches any more. `pattern` is without the
  /// anchor '^'.
  Pattern(std::string_view subject, std::string_view pattern, int64_t& steps);

  /// Matches at this place alone. False: not here, or wrong(), or the steps are used up.
  bool match(size_t begin);
  /// Past what was matched last.
  size_t end() const { return end_; }
  size_t captures() const { return level_; }
  /// A capture's text; its `position` is set, from 1 on, for "()".
  struct Capture {
    std::string_view text;
    std::optional<size_t> position;
  };
  Capture capture(size_t index) const;
  /// What is wrong with the pattern; nullptr: nothing that was met so far.
  const char* wrong() const { return wrong_; }

 private:
  using Place = const char*;  // nullptr: no match
  static constexpr ptrdiff_t kUnfinished = -1;
  static constexpr ptrdiff_t kPosition = -2;
  struct Kept {
    Place begin;
    ptrdiff_t size;
  };

  Place run(Place at, Place pattern);
  Place run_one(Place at, Place& pattern, bool& more);
  Place run_default(Place at, Place& pattern, bool& more);
  Place expand_most(Place at, Place pattern, Place item_end);
  Place expand_least(Place at, Place pattern, Place item_end);
  Place open_capture(Place at, Place pattern, ptrdiff_t size);
  Place close_capture(Place at, Place pattern);
  Place match_balance(Place at, Place pattern);
  Place match_frontier(Place at, Place& pattern);
  Place match_back_reference(Place at, char digit);
  bool matches_one(Place at, Place pattern, Place item_end);
  Place item_end(Place pattern);
  bool spend(int64_t steps);
  Place fail(const char* wrong);

  const Place subject_;
  const Place subject_end_;
  const Place pattern_;
  const Place pattern_end_;
  int64_t& steps_;
  int depth_ = 0;
  size_t level_ = 0;
  size_t end_ = 0;
  const char* wrong_ = nullptr;
  std::array<Kept, kCapturesMax> kept_{};
};

}  // namespace hancock::slardar
