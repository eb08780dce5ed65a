#include "slardar/routing/sticky.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/random.h"

namespace hancock::slardar {
namespace {

using Weights = std::map<uint32_t, uint64_t>;

uint32_t chosen(ClientHash client, const Weights& weights) {
  uint32_t best = 0;
  double highest = -1;
  for (const auto& [version, weight] : weights) {
    const double score = share_score(client, version, weight);
    if (score > highest) best = version;
    highest = std::max(highest, score);
  }
  return best;
}

http::RequestView asked(std::vector<http::FieldView> fields) {
  http::RequestView head;
  head.fields = std::move(fields);
  return head;
}

TEST(Sticky, clients_are_divided_by_weight) {
  const Weights weights{{3, 70}, {4, 30}};
  int fourth = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (chosen(hash_of_client("client-" + std::to_string(i)), weights) == 4) ++fourth;
  }
  EXPECT_NEAR(fourth, 3'000, 200);
}

// Nobody is moved who need not be.
TEST(Sticky, a_growing_share_takes_clients_over_and_moves_nobody_else) {
  const Weights before{{1, 50}, {2, 40}, {3, 10}};
  const Weights after{{1, 50}, {2, 40}, {3, 30}};
  int moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    const ClientHash client = hash_of_client(std::to_string(i));
    const uint32_t was = chosen(client, before);
    const uint32_t is = chosen(client, after);
    if (was == is) continue;
    ++moved;
    EXPECT_EQ(is, 3U) << "from " << was;
  }
  EXPECT_NEAR(moved, 1'500, 150) << "10 of 100 become 30 of 120";
}

TEST(Sticky, a_version_without_weight_has_no_client) {
  for (uint64_t client = 0; client < 1'000; ++client) EXPECT_EQ(chosen(client, {{1, 0}, {2, 1}}), 2U);
}

// Gateways of two builds must agree.
TEST(Sticky, a_clients_hash_is_fixed) {
  EXPECT_EQ(hash_of_client(""), 0xf52a15e9a9b5e89bULL);
  EXPECT_NE(hash_of_client("a"), hash_of_client("b"));
}

TEST(Sticky, finds_the_clients_cookie_among_others) {
  const Sticky sticky = parse_sticky("cookie:id");
  const auto value = [&](std::string_view text) {
    const http::RequestView head = asked({{"Accept", "id=0"}, {"Cookie", text}});
    return std::string(client_value(sticky, head).value_or("none"));
  };
  EXPECT_EQ(value("id=abc"), "abc");
  EXPECT_EQ(value("a=b; id=abc; c=d"), "abc");
  EXPECT_EQ(value("xid=1;id=abc"), "abc");
  EXPECT_EQ(value("id=a=b"), "a=b");
  EXPECT_EQ(value("ID=abc"), "none") << "cookies have case";
  EXPECT_EQ(value("id="), "none");
  EXPECT_EQ(value("id"), "none");
  EXPECT_EQ(value(";;; ;=;id"), "none");
  const http::RequestView several = asked({{"cookie", "a=b"}, {"COOKIE", "id=c"}});
  EXPECT_EQ(client_value(sticky, several), "c");
}

TEST(Sticky, finds_the_clients_header) {
  const Sticky sticky = parse_sticky("header:X-User");
  EXPECT_EQ(client_value(sticky, asked({{"x-user", "ann"}})), "ann");
  EXPECT_EQ(client_value(sticky, asked({{"x-user", ""}})), std::nullopt);
  EXPECT_EQ(client_value(sticky, asked({})), std::nullopt);
}

}  // namespace
}  // namespace hancock::slardar
