#include "http/scan.h"

#include <gtest/gtest.h>

namespace hancock::http {
namespace {

TEST(Scan, agrees_with_the_character_table_for_every_byte_at_every_place) {
  for (size_t size = 1; size <= 20; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(find_non_value(text), is_value_char(text[at]) ? size : at)
            << size << " " << at << " " << byte;
        ASSERT_EQ(find_non_target(text), is_target_char(text[at]) ? size : at)
            << size << " " << at << " " << byte;
      }
    }
  }
}

TEST(Scan, finds_the_first_of_several_even_beside_bytes_that_borrow) {
  for (const char first : {'\0', '\x1f', '\x7f', '\r'}) {
    for (const char neighbour : {'\x20', '\x21', '\x7e', '\x80', '\xff', '\0', '\t'}) {
      const std::string text = std::string("abc") + "\t " + first + neighbour + "abcdefghi\n";
      EXPECT_EQ(find_non_value(text), 5u);
      EXPECT_EQ(find_non_target("/ab" + std::string(1, first) + neighbour + "abcdefg"), 3u);
    }
  }
  EXPECT_EQ(find_non_value(""), 0u);
  EXPECT_EQ(find_non_target(""), 0u);
}

}  // namespace
}  // namespace hancock::http
