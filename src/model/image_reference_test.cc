#include "model/image_reference.h"

#include <gtest/gtest.h>

#include <string>

namespace hancock::model {
namespace {

const std::string kDigest = "@sha256:" + std::string(64, 'a');

TEST(ImageReference, has_a_tag_a_digest_or_both) {
  for (const std::string& good :
       {std::string("shop:1"), "shop" + kDigest, "shop:1" + kDigest, std::string("127.0.0.1:5000/shop:1"),
        std::string("registry.test/a/b-c/d__e:v1.2_3"), std::string("localhost/x:latest"),
        "x" + std::string("@sha512:") + std::string(128, '0'), std::string("[fd00::1]:5000/x:1"),
        std::string("Registry.test:443/a.b:1"), std::string("library/nginx:1.25-alpine")}) {
    EXPECT_TRUE(is_image_reference(good)) << good;
  }
}

TEST(ImageReference, is_refused_otherwise) {
  for (const std::string& bad : {std::string(),
                                 std::string("shop"),
                                 std::string("shop:"),
                                 std::string(":1"),
                                 std::string("Shop:1"),
                                 std::string("host:5000/shop"),
                                 std::string("a//b:1"),
                                 std::string("/a:1"),
                                 std::string("a/:1"),
                                 std::string("a_:1"),
                                 std::string("a..b:1"),
                                 std::string("a___b:1"),
                                 std::string("a._b:1"),
                                 std::string("shop:.x"),
                                 std::string("shop:a b"),
                                 std::string("shop@sha256:aa"),
                                 std::string("shop@md5:") + std::string(64, 'a'),
                                 "shop@sha256:" + std::string(64, 'A'),
                                 "shop" + kDigest + kDigest,
                                 std::string("http://a/b:1"),
                                 std::string("$HANCOCK_IMAGES/shop:1"),
                                 "shop:" + std::string(129, 'a'),
                                 std::string(256, 'a') + ":1",
                                 std::string("h.st:port/a:1"),
                                 std::string("[fd00::1/a:1"),
                                 std::string(".x/a:1")}) {
    EXPECT_FALSE(is_image_reference(bad)) << bad;
  }
}

}  // namespace
}  // namespace hancock::model
