#include "base/field_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace hancock {
namespace {

TEST(FieldRules, what_frames_a_message_or_belongs_to_a_connection_is_not_edited) {
  for (const char* name : {"X-A", "set-cookie", "Strict-Transport-Security", "x_y.z~1"})
    EXPECT_TRUE(may_edit_field(name)) << name;
  for (const char* name :
       {"", "a b", "a:b", "a\r\nb", "\xc3\xa4", "connection", "CONTENT-LENGTH", "Expect", "host",
        "http2-settings", "Keep-Alive", "Proxy-Connection", "te", "trailer", "Transfer-Encoding", "upgrade"})
    EXPECT_FALSE(may_edit_field(name)) << name;
  EXPECT_TRUE(may_edit_field(std::string(64, 'a')));
  EXPECT_FALSE(may_edit_field(std::string(65, 'a')));
}

TEST(FieldRules, a_value_ends_no_line) {
  for (const char* value : {"", "a", "a b", "a\tb", "\xc3\xa4"}) EXPECT_TRUE(is_field_value(value)) << value;
  for (const char* value : {" a", "a ", "\ta", "a\nb", "a\rb", "a\x7f", "a\x01"})
    EXPECT_FALSE(is_field_value(value)) << value;
  EXPECT_FALSE(is_field_value(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_field_value(std::string(4'097, 'a')));
}

TEST(FieldRules, a_client_is_known_by_a_cookie_or_a_header) {
  for (const char* text : {"cookie:a", "header:X-User"}) EXPECT_TRUE(is_sticky(text)) << text;
  for (const char* text :
       {"", "cookie", "cookie:", "Cookie:a", "ip:a", "header:a b", "cookie:a=b", "cookie:a;b"})
    EXPECT_FALSE(is_sticky(text)) << text;
}

}  // namespace
}  // namespace hancock
