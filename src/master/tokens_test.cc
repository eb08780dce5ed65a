#include "master/tokens.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace hancock::master {
namespace {

using Tokens = Table<std::string, model::Token>;

Stored<model::Token> record(std::string_view token, model::Role role) {
  Stored<model::Token> result;
  result.value.set_role(role);
  result.value.set_sha256(sha256_hex(token));
  return result;
}

TEST(Tokens, AreKnownByTheirHash) {
  const Tokens tokens{{"operator", record("open sesame", model::ROLE_OPERATOR)},
                      {"agent", record("work", model::ROLE_AGENT)}};

  ASSERT_TRUE(find_principal(tokens, "open sesame"));
  EXPECT_EQ(find_principal(tokens, "open sesame")->name, "operator");
  EXPECT_EQ(find_principal(tokens, "work")->role, model::ROLE_AGENT);
  EXPECT_FALSE(find_principal(tokens, "open sesam"));
  EXPECT_FALSE(find_principal(tokens, ""));
  EXPECT_FALSE(find_principal(tokens, sha256_hex("work")));
}

TEST(Tokens, WithoutAHashOrWithARoleOfALaterVersionOpenNothing) {
  Tokens tokens{{"empty", Stored<model::Token>()}, {"later", record("work", static_cast<model::Role>(7))}};
  EXPECT_FALSE(find_principal(tokens, ""));
  EXPECT_FALSE(find_principal(tokens, "work"));
}

TEST(BearerToken, IsTakenFromTheHeader) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc"), "abc");
  for (const char* wrong : {"", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer a b", "Bearerabc"}) {
    EXPECT_FALSE(bearer_token(wrong)) << wrong;
  }
}

TEST(MakeToken, GivesAnother256BitsEachTime) {
  EXPECT_EQ(make_token().size(), 64U);
  EXPECT_NE(make_token(), make_token());
}

}  // namespace
}  // namespace hancock::master
