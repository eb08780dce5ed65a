#include "base/percent.h"

#include <gtest/gtest.h>

namespace hancock {
namespace {

TEST(Percent, what_was_encoded_comes_back) {
  for (const std::string_view text :
       {std::string_view("/"), std::string_view("/a b/"), std::string_view("*.shop.test"),
        std::string_view("%"), std::string_view(""), std::string_view("\xc3\xbc"),
        std::string_view("\0x", 2)}) {
    const std::string encoded = percent_encode(text);
    EXPECT_EQ(encoded.find_first_of("/ "), std::string::npos);
    EXPECT_EQ(percent_decode(encoded), text);
  }
}

TEST(Percent, names_are_kept_and_all_else_is_written_as_two_digits) {
  EXPECT_EQ(percent_encode("*.shop_1-a.test"), "*.shop_1-a.test");
  EXPECT_EQ(percent_encode("/a~+\xff"), "%2Fa%7E%2B%FF");
}

TEST(Percent, escapes_are_read_in_either_case_and_plus_is_kept) {
  EXPECT_EQ(percent_decode("%41b%c3%A9+"), "Ab\xc3\xa9+");
}

TEST(Percent, broken_escapes_are_refused) {
  for (const char* broken : {"%", "%4", "a%g0", "%0g", "%%41", "%-1", "%+1", "% 1"})
    EXPECT_EQ(percent_decode(broken), std::nullopt) << broken;
}

}  // namespace
}  // namespace hancock
