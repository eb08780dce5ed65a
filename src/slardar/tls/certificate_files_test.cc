#include "slardar/tls/certificate_files.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "io/testing/certificates.h"

namespace hancock::slardar {
namespace {

class CertificateFilesTest : public ::testing::Test {
 protected:
  void write(const io::testing::PemPair& pem) {
    ASSERT_TRUE(write_file(pair_.chain, pem.chain));
    ASSERT_TRUE(write_file(pair_.key, pem.key));
  }
  std::string first_name(const CertificateFiles& files) {
    const auto entries = files.entries();
    return entries.empty() ? "" : entries.front().certificate->names().front();
  }
  io::testing::TestCa ca_;
  TempDir folder_{"certificate_files"};
  const Config::CertificatePair pair_{folder_ / "chain.pem", folder_ / "key.pem"};
  CertificateFiles files_{{pair_}};
};

TEST_F(CertificateFilesTest, are_read_again_only_when_they_change) {
  write(ca_.issue({"one.test"}));
  EXPECT_TRUE(files_.look());
  EXPECT_EQ(first_name(files_), "one.test");
  EXPECT_FALSE(files_.look());
  write(ca_.issue({"two.test"}));
  EXPECT_TRUE(files_.look());
  EXPECT_EQ(first_name(files_), "two.test");
}

TEST_F(CertificateFilesTest, the_last_good_one_stays_until_the_other_half_has_come) {
  const auto one = ca_.issue({"one.test"});
  const auto two = ca_.issue({"two.test"});
  write(one);
  files_.look();
  ASSERT_TRUE(write_file(pair_.chain, two.chain));
  EXPECT_TRUE(files_.look());
  EXPECT_EQ(first_name(files_), "one.test");
  EXPECT_EQ(files_.refused().at(pair_.chain), "the key is not that of the chain's first certificate");
  ASSERT_TRUE(write_file(pair_.key, two.key));
  EXPECT_TRUE(files_.look());
  EXPECT_EQ(first_name(files_), "two.test");
  EXPECT_TRUE(files_.refused().empty());
}

TEST_F(CertificateFilesTest, one_that_is_not_there_is_refused_and_taken_when_it_is) {
  EXPECT_TRUE(files_.look());
  EXPECT_TRUE(files_.entries().empty());
  EXPECT_NE(files_.refused().at(pair_.chain).find("chain.pem"), std::string::npos);
  write(ca_.issue({"one.test"}));
  EXPECT_TRUE(files_.look());
  EXPECT_EQ(first_name(files_), "one.test");
}

}  // namespace
}  // namespace hancock::slardar
