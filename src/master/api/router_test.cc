#include "master/api/router.h"

#include <gmock/gmock.h>

namespace hancock::master::api {
namespace {

using testing::ElementsAre;

io::Async<void> nothing(Call&) { co_return; }

const Router& router() {
  static const Router router({
      {"GET", "/v1/apps", Access::kOperator, &nothing},
      {"GET", "/v1/apps/{app}", Access::kOperator, &nothing},
      {"PUT", "/v1/apps/{app}", Access::kOperator, &nothing},
      {"GET", "/v1/services/{app}/{service}/versions/{n}", Access::kOperator, &nothing},
      {"GET", "/healthz", Access::kAnyone, &nothing},
  });
  return router;
}

TEST(Router, GivesTheNamesInThePath) {
  const auto outcome = router().match("GET", "/v1/services/shop/web/versions/3");
  ASSERT_TRUE(std::holds_alternative<Router::Match>(outcome));
  EXPECT_THAT(std::get<Router::Match>(outcome).names, ElementsAre("shop", "web", "3"));
}

TEST(Router, DecodesNamesOnceAndAfterSplitting) {
  const auto outcome = router().match("GET", "/v1/apps/a%2Fb");
  ASSERT_TRUE(std::holds_alternative<Router::Match>(outcome));
  EXPECT_THAT(std::get<Router::Match>(outcome).names, ElementsAre("a/b"));
}

TEST(Router, ChoosesByMethod) {
  const auto outcome = router().match("PUT", "/v1/apps/shop");
  ASSERT_TRUE(std::holds_alternative<Router::Match>(outcome));
  EXPECT_EQ(std::get<Router::Match>(outcome).route->method, "PUT");
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  const auto outcome = router().match("POST", "/v1/apps/shop");
  ASSERT_TRUE(std::holds_alternative<Router::NoSuchMethod>(outcome));
  EXPECT_EQ(std::get<Router::NoSuchMethod>(outcome).allowed, "GET, PUT");
}

TEST(Router, KnowsNoOtherPaths) {
  for (const char* path : {"/", "/v1", "/v1/apps/", "/v1/apps//", "/v1//apps", "/v1/apps/a/b", "/healthz/",
                           "healthz", "", "*", "/v1/apps/%zz"}) {
    EXPECT_TRUE(std::holds_alternative<Router::NoSuchPath>(router().match("GET", path))) << path;
  }
}

}  // namespace
}  // namespace hancock::master::api
