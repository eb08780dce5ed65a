#include "slardar/lua/pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hancock::slardar {
namespace {

/// What `pattern` finds first in `text`, with its captures: "whole|capture|capture"; "-": nothing.
std::string found(std::string_view text, std::string_view pattern) {
  int64_t steps = 1'000'000;
  Pattern compiled(text, pattern, steps);
  for (size_t at = 0; at <= text.size(); ++at) {
    if (!compiled.match(at)) {
      if (compiled.wrong()) return compiled.wrong();
      continue;
    }
    std::string all(text.substr(at, compiled.end() - at));
    for (size_t i = 0; i < compiled.captures(); ++i) {
      const auto capture = compiled.capture(i);
      all += "|" + (capture.position ? std::to_string(*capture.position) : std::string(capture.text));
    }
    return all;
  }
  return "-";
}

struct Sample {
  const char* text;
  const char* pattern;
  const char* finds;
};

// As the manual says, section 5.4.1.
TEST(LuaPattern, finds_what_the_manual_says) {
  const std::vector<Sample> samples = {
      {"hello world", "o w", "o w"},
      {"hello world", "l+", "ll"},
      {"hello", "l*", ""},
      {"hello", "hx?el", "hel"},
      {"<a><b>", "<.->", "<a>"},
      {"<a><b>", "<.*>", "<a><b>"},
      {"key = value", "(%w+)%s*=%s*(%w+)", "key = value|key|value"},
      {"key = value", "()=()", "=|5|6"},
      {"f(a(b)c)d", "%b()", "(a(b)c)"},
      {"THE (quick) fox", "%f[%a]%a+%f[%A]", "THE"},
      {"say 'it' or \"it\"", "(['\"])(.-)%1", "'it'|'|it"},
      {"a.b", "%.", "."},
      {"x]y", "[]]", "]"},
      {"x^y", "[x^]+", "x^"},
      {"abc-123", "[a-c]+%-[0-9]+", "abc-123"},
      {"abc", "[^a-b]", "c"},
      {"abc", "b$", "-"},
      {"abc", "c$", "c"},
      {"a$c", "a$c", "a$c"},
      {"12ab", "%D%D", "ab"},
      {"", "a*", ""},
  };
  for (const Sample& each : samples) EXPECT_EQ(found(each.text, each.pattern), each.finds) << each.pattern;
}

TEST(LuaPattern, says_what_is_wrong_with_a_pattern) {
  const std::vector<Sample> samples = {
      {"a", "%", "malformed pattern (ends with '%')"},
      {"a", "[a", "malformed pattern (missing ']')"},
      {"a", "[]", "malformed pattern (missing ']')"},
      {"a", "(a", "unfinished capture"},
      {"a", "a)", "invalid pattern capture"},
      {"a", "%1", "invalid capture index"},
      {"a", "%b", "unbalanced pattern"},
      {"a", "%f", "missing '[' after '%f' in pattern"},
  };
  for (const Sample& each : samples) EXPECT_EQ(found(each.text, each.pattern), each.finds) << each.pattern;
  EXPECT_EQ(found(std::string(300, 'a'), std::string(1'000, '(')), "too many captures");
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "a?";
  EXPECT_EQ(found(std::string(300, 'a'), deep), "pattern too complex");
}

TEST(LuaPattern, evil_patterns_end_when_their_steps_are_used_up) {
  const std::string text(30, 'a');
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "a?";
  pattern += text;
  const std::string long_text(100'000, 'a');
  for (const auto& [subject, evil] :
       std::vector<std::pair<std::string, std::string>>{{text, pattern + "b"},
                                                        {long_text, ".-.-.-.-b"},
                                                        {long_text, "(.*)(.*)(.*)b"},
                                                        {std::string(100'000, '('), "%b()"},
                                                        {long_text, "[" + std::string(100'000, 'b') + "]"}}) {
    int64_t steps = 100'000;
    Pattern matched(subject, evil, steps);
    for (size_t at = 0; at < 1'000 && steps >= 0; ++at) EXPECT_FALSE(matched.match(at));
    EXPECT_LT(steps, 0) << evil.substr(0, 20);
    EXPECT_GT(steps, -100'000) << "not much beyond";
  }
}

}  // namespace
}  // namespace hancock::slardar
