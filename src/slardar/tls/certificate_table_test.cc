#include "slardar/tls/certificate_table.h"

#include <gtest/gtest.h>

#include "io/testing/certificates.h"

namespace hancock::slardar {
namespace {

using Entry = CertificateTable::Entry;

class Certificates : public ::testing::Test {
 protected:
  io::CertificatePtr issue(const std::vector<std::string>& names, Duration lasts = 24h) {
    const auto pem = ca_.issue(names, lasts);
    return *io::Certificate::of_pem(pem.chain, pem.key);
  }
  static Entry file(io::CertificatePtr certificate) { return {"/file.pem", "", std::move(certificate)}; }
  static Entry record(const std::string& name, io::CertificatePtr certificate) {
    return {"/hancock/tls/" + name, name, std::move(certificate)};
  }
  io::testing::TestCa ca_;
};

TEST_F(Certificates, the_exact_name_then_one_star_then_the_first_file) {
  const auto exact = issue({"a.shop.test"});
  const auto star = issue({"*.shop.test"});
  const auto first = issue({"first.test"});
  const CertificateTable table({file(first), file(exact)}, {record("star", star)});
  EXPECT_EQ(table.find("a.shop.test"), exact);
  EXPECT_EQ(table.find("b.shop.test"), star);
  EXPECT_EQ(table.find("shop.test"), first);
  EXPECT_EQ(table.find("a.b.shop.test"), first);
  EXPECT_EQ(table.find(".shop.test"), first);
  EXPECT_EQ(table.find(""), first);
}

TEST_F(Certificates, without_a_file_there_is_no_default) {
  const CertificateTable table({}, {record("a", issue({"a.test"}))});
  EXPECT_NE(table.find("a.test"), nullptr);
  EXPECT_EQ(table.find("b.test"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
}

TEST_F(Certificates, of_several_for_a_name_the_one_that_lasts_longest) {
  const auto shorter = issue({"a.test"}, 24h);
  const auto longer = issue({"a.test"}, 48h);
  EXPECT_EQ(CertificateTable({file(shorter)}, {record("a", longer)}).find("a.test"), longer);
  EXPECT_EQ(CertificateTable({file(longer)}, {record("a", shorter)}).find("a.test"), longer);
}

TEST_F(Certificates, a_record_is_found_by_its_name) {
  const auto one = issue({"a.test"});
  const CertificateTable table({file(issue({"b.test"}))}, {record("one", one)});
  EXPECT_EQ(table.of_record("one"), one);
  EXPECT_EQ(table.of_record("two"), nullptr);
  EXPECT_EQ(table.of_record(""), nullptr);
}

}  // namespace
}  // namespace hancock::slardar
