#include "slardar/check/mysql_login.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kNonce = "abcdefghijklmnopqrst";

std::string greeting(std::string_view plugin) {
  std::string packet = "\x0a";
  packet += std::string("8.0.1\0", 6) + "\1\2\3\4" + "abcdefgh" + std::string(19, '\0') + "ijklmnopqrst";
  packet += '\0';
  return packet.append(plugin) += '\0';
}

TEST(MysqlLogin, a_greeting_has_a_nonce_in_two_parts_and_names_its_plugin) {
  const auto read = read_mysql_greeting(greeting("caching_sha2_password"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->version, "8.0.1");
  EXPECT_EQ(read->nonce, kNonce);
  EXPECT_EQ(read->plugin, kMysqlSha2);
}

TEST(MysqlLogin, what_is_no_greeting_is_refused_wherever_it_ends) {
  const std::string whole = greeting("x");
  for (size_t size = 0; size < 1 + 6 + 4 + 8 + 19 + 12; ++size)
    EXPECT_FALSE(read_mysql_greeting(std::string_view(whole).substr(0, size))) << size;
  EXPECT_FALSE(read_mysql_greeting("SSH-2.0-OpenSSH_9.2"));
}

TEST(MysqlLogin, a_server_may_greet_with_an_error) {
  const auto read = read_mysql_greeting("\xff\x10\x04Too many connections");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "1040: Too many connections");
  EXPECT_EQ(read_mysql_error("\xff\x15\x04#28000Access denied").message, "1045: Access denied");
  EXPECT_EQ(read_mysql_error("\xff").message, "an error without a number");
}

// By the formulas of the manual, computed with Python's hashlib.
TEST(MysqlLogin, passwords_are_proved_as_each_plugin_has_it) {
  EXPECT_EQ(hex_encode(*mysql_proof(kMysqlNative, "secret", kNonce)),
            "8817c50fa779daef010ee7577825b0847df9842e");
  EXPECT_EQ(hex_encode(*mysql_proof(kMysqlSha2, "secret", kNonce)),
            "c76e2898612a4cf042c77fa8c4702c4c64c0c2c557c53c4d75595aaa6abae809");
  EXPECT_EQ(*mysql_proof(kMysqlNative, "", kNonce), "");
  EXPECT_EQ(*mysql_proof("client_ed25519", "", kNonce), "");
  const auto other = mysql_proof("mysql_clear_password", "secret", kNonce);
  ASSERT_FALSE(other) << "it would give the password away";
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(mysql_proof(kMysqlNative, "secret", "short"));
}

TEST(MysqlLogin, a_login_says_user_proof_database_and_plugin) {
  const auto read = read_mysql_greeting(greeting(kMysqlNative));
  const auto login = mysql_login(*read, {"watch", "secret", "shop"});
  ASSERT_TRUE(login);
  const std::string proof = *mysql_proof(kMysqlNative, "secret", kNonce);
  EXPECT_EQ(login->substr(32), std::string("watch\0\x14", 7) + proof + std::string("shop\0", 5) +
                                   std::string("mysql_native_password\0", 22));
  EXPECT_EQ(mysql_login(*read, {})->substr(32),
            std::string(2, '\0') + std::string("mysql_native_password\0", 22));
  EXPECT_EQ(hex_encode(mysql_packet("abc", 1)), "03000001616263");
}

TEST(MysqlLogin, the_server_may_want_another_plugin) {
  const auto wanted =
      read_mysql_switch(std::string("\xfe") + "caching_sha2_password" + '\0' + std::string(kNonce) + '\0');
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->plugin, kMysqlSha2);
  EXPECT_EQ(wanted->nonce, kNonce);
  EXPECT_FALSE(read_mysql_switch("\xfe"));
}

}  // namespace
}  // namespace hancock::slardar
