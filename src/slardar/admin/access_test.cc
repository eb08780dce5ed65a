#include "slardar/admin/access.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/encoding.h"
#include "base/testing/temp_dir.h"

namespace hancock::slardar {
namespace {

constexpr auto kToken = "0123456789abcdef";

/// 0: he may.
int status(const AdminAccess& access, http::Headers headers, const std::string& from = "10.0.0.1",
           const std::string& method = "GET") {
  const http::RequestHead request(method, "/status", std::move(headers));
  const auto refused = access.refusal(request, *io::Address::of(from, 1));
  return refused ? refused->status : 0;
}

TEST(AdminAccess, with_neither_tokens_nor_addresses_who_can_connect_may) { EXPECT_EQ(status({}, {}), 0); }

TEST(AdminAccess, without_tokens_no_name_of_a_page_leads_here) {
  for (const char* host : {"127.0.0.1:1995", "127.0.0.1", "[::1]:1995", "localhost:1995", "LOCALHOST"})
    EXPECT_EQ(status({}, {{"Host", host}}), 0) << host;
  for (const char* host : {"evil.test:1995", "evil.test", "127.0.0.1.evil.test", "[evil.test]"})
    EXPECT_EQ(status({}, {{"Host", host}}), 403) << host;
  EXPECT_EQ(status(AdminAccess({}, {*Network::parse("10.0.0.0/24")}), {{"Host", "gateway-1:1995"}}), 0);
}

TEST(AdminAccess, a_token_is_asked_for) {
  const AdminAccess access({"another-token-another-token", kToken}, {});
  EXPECT_EQ(status(access, {}), 401);
  EXPECT_EQ(status(access, {{"Authorization", std::string("Bearer ") + kToken}}), 0);
  EXPECT_EQ(status(access, {{"authorization", std::string("bearer ") + kToken}}), 0);
  EXPECT_EQ(status(access, {{"Authorization", "Bearer 0123456789abcdeF"}}), 401);
  EXPECT_EQ(status(access, {{"Authorization", "Bearer "}}), 401);
  EXPECT_EQ(status(access, {{"Authorization", kToken}}), 401);
}

TEST(AdminAccess, a_browser_may_show_it_as_a_password) {
  const AdminAccess access({kToken}, {});
  EXPECT_EQ(status(access, {{"Authorization", "Basic " + base64_encode(std::string("me:") + kToken)}}), 0);
  EXPECT_EQ(status(access, {{"Authorization", "Basic " + base64_encode(kToken)}}), 401);
  EXPECT_EQ(status(access, {{"Authorization", "Basic nonsense"}}), 401);
  const auto refused = access.refusal(http::RequestHead("GET", "/"), *io::Address::of("10.0.0.1", 1));
  EXPECT_TRUE(refused->headers.has("WWW-Authenticate"));
}

TEST(AdminAccess, addresses_that_are_named_need_no_token) {
  const std::vector<Network> office{*Network::parse("10.0.0.0/24"), *Network::parse("::1")};
  for (const AdminAccess& access : {AdminAccess({kToken}, office), AdminAccess({}, office)}) {
    EXPECT_EQ(status(access, {}, "10.0.0.77"), 0);
    EXPECT_EQ(status(access, {}, "::ffff:10.0.0.77"), 0);
    EXPECT_EQ(status(access, {}, "::1"), 0);
  }
  EXPECT_EQ(status(AdminAccess({kToken}, office), {}, "10.0.1.1"), 401);
  EXPECT_EQ(status(AdminAccess({}, office), {}, "10.0.1.1"), 403);
  EXPECT_EQ(status(AdminAccess({}, office), {}, "127.0.0.1"), 403) << "named or not";
}

TEST(AdminAccess, no_page_in_a_browser_writes) {
  for (const AdminAccess& access : {AdminAccess(), AdminAccess({}, {*Network::parse("10.0.0.1")})}) {
    EXPECT_EQ(status(access, {{"Origin", "http://evil.test"}}, "10.0.0.1", "POST"), 403);
    EXPECT_EQ(status(access, {{"Origin", "http://evil.test"}}), 0) << "its page does not see the answer";
    EXPECT_EQ(status(access, {}, "10.0.0.1", "POST"), 0);
  }
}

TEST(AdminAccess, tokens_stand_in_a_file_one_a_line) {
  const TempDir folder("slardar_access");
  const std::string file = folder / "tokens";
  EXPECT_EQ(read_tokens(file).error().code, ErrorCode::kNotFound);
  std::ofstream(file) << "\n  \n";
  EXPECT_EQ(read_tokens(file).error().message, file + ": holds no token");
  std::ofstream(file) << kToken << "\nshort\n";
  EXPECT_EQ(read_tokens(file).error().message, file + ": a token has at least 16 characters");
  std::ofstream(file) << kToken << "\r\n" << kToken << kToken << "\n";
  EXPECT_EQ(read_tokens(file), (std::vector<std::string>{kToken, std::string(kToken) + kToken}));
}

}  // namespace
}  // namespace hancock::slardar
