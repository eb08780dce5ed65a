#include "io/tls_certificate.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "io/testing/certificates.h"

namespace hancock::io {
namespace {

using testing::PemPair;
using testing::TestCa;

std::string why(const Result<CertificatePtr>& made) { return made ? "" : made.error().message; }

TEST(Certificate, its_names_are_those_of_its_san) {
  TestCa ca;
  const PemPair pem = ca.issue({"Shop.test", "*.shop.test", "127.0.0.1", "::1"});
  const auto made = Certificate::of_pem(pem.chain, pem.key);
  ASSERT_TRUE(made) << why(made);
  EXPECT_EQ((*made)->names(), (std::vector<std::string>{"shop.test", "*.shop.test", "127.0.0.1", "::1"}));
  EXPECT_GT((*made)->not_after(), system_clock().wall() + 23h);
}

TEST(Certificate, a_star_stands_for_one_label) {
  TestCa ca;
  const PemPair pem = ca.issue({"shop.test", "*.shop.test"});
  const CertificatePtr made = *Certificate::of_pem(pem.chain, pem.key);
  EXPECT_TRUE(made->covers("shop.test"));
  EXPECT_TRUE(made->covers("A.Shop.Test"));
  EXPECT_FALSE(made->covers("a.b.shop.test"));
  EXPECT_FALSE(made->covers(".shop.test"));
  EXPECT_FALSE(made->covers("other.test"));
  EXPECT_FALSE(made->covers(""));
}

TEST(Certificate, without_a_san_its_common_name_is_its_name) {
  TestCa ca;
  const PemPair pem = ca.issue({});
  EXPECT_EQ((*Certificate::of_pem(pem.chain, pem.key))->names(), std::vector<std::string>{"nobody"});
}

TEST(Certificate, what_is_broken_is_said) {
  TestCa ca;
  const PemPair one = ca.issue({"a.test"});
  const PemPair other = ca.issue({"a.test"});
  EXPECT_EQ(why(Certificate::of_pem(one.chain, other.key)),
            "the key is not that of the chain's first certificate");
  EXPECT_NE(why(Certificate::of_pem("nonsense", one.key)).find("chain: no certificate in it"),
            std::string::npos);
  EXPECT_NE(why(Certificate::of_pem(one.chain, "nonsense")).find("key: no private key"), std::string::npos);
  const std::string half = one.chain.substr(0, one.chain.size() - 60);
  EXPECT_NE(why(Certificate::of_pem(half, one.key)).find("chain: "), std::string::npos);
  EXPECT_NE(why(Certificate::of_pem(std::string(300 << 10, 'x'), one.key)), "");
}

TEST(Certificate, one_that_is_over_is_taken) {
  TestCa ca;
  const PemPair pem = ca.issue({"a.test"}, -24h);
  const auto made = Certificate::of_pem(pem.chain, pem.key);
  ASSERT_TRUE(made) << why(made);
  EXPECT_LT((*made)->not_after(), system_clock().wall());
}

TEST(Certificate, another_key_is_another_certificate) {
  TestCa ca;
  const PemPair one = ca.issue({"a.test"});
  const PemPair other = ca.issue({"a.test"});
  const CertificatePtr made = *Certificate::of_pem(one.chain, one.key);
  EXPECT_EQ(made->digest(), (*Certificate::of_pem(one.chain, one.key))->digest());
  EXPECT_NE(made->digest(), (*Certificate::of_pem(other.chain, other.key))->digest());
}

}  // namespace
}  // namespace hancock::io
