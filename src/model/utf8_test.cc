#include "model/utf8.h"

#include <gtest/gtest.h>

namespace hancock::model {
namespace {

TEST(Utf8, every_code_point_is_one_sequence) {
  for (uint32_t code_point = 0; code_point < 0x110000; ++code_point) {
    if (code_point >= 0xD800 && code_point < 0xE000) continue;
    std::string text;
    append_utf8(text, code_point);
    const std::string_view whole = text;
    ASSERT_EQ(utf8_length(whole), whole.size()) << code_point;
    for (size_t i = 1; i < whole.size(); ++i) {
      ASSERT_EQ(utf8_length(whole.substr(i)), 0U) << code_point;
      ASSERT_EQ(utf8_length(whole.substr(0, i)), 0U) << code_point;
    }
  }
}

TEST(Utf8, overlong_forms_surrogates_and_what_lies_above_are_none) {
  for (const char* bad : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\x80"}) {
    EXPECT_EQ(utf8_length(bad), 0U) << bad;
  }
}

}  // namespace
}  // namespace hancock::model
