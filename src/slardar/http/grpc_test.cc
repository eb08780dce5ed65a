#include "slardar/http/grpc.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

TEST(Grpc, is_known_by_its_content_type) {
  const auto is = [](std::string_view type) {
    http::RequestView head;
    head.fields.push_back({"content-type", type});
    return is_grpc(head);
  };
  EXPECT_TRUE(is("application/grpc"));
  EXPECT_TRUE(is("application/grpc+proto"));
  EXPECT_TRUE(is("Application/gRPC;a=b"));
  EXPECT_FALSE(is("application/grpc-web"));
  EXPECT_FALSE(is("application/json"));
  EXPECT_FALSE(is_grpc(http::RequestView()));
}

TEST(Grpc, every_failure_has_a_status_that_is_none_of_success) {
  for (size_t i = 1; i < kFailures; ++i) {
    const std::string_view status = grpc_status_of(static_cast<Failure>(i));
    EXPECT_FALSE(status.empty());
    EXPECT_NE(status, "0");
  }
  EXPECT_EQ(grpc_status_of(Failure::kNoPeer), "14");
  EXPECT_EQ(grpc_status_of(Failure::kLimited), "8");
}

}  // namespace
}  // namespace hancock::slardar
