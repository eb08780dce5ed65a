#include "master/core/preview.h"

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

using Kind = ServicePreview::Kind;

class PreviewTest : public DeployTest {
 protected:
  Preview preview(const model::AppSpec& spec) {
    const int64_t before = world_.store.revision();
    auto result = preview_spec(world_.state, spec, world_.contacts, world_.clock.now(), world_.clock.wall(),
                               world_.random);
    EXPECT_TRUE(result);
    EXPECT_EQ(world_.store.revision(), before);
    return result ? *result : Preview();
  }
};

TEST_F(PreviewTest, OfANewServiceSaysWhereItsTasksWouldGo) {
  const Preview seen = preview(shop(2));
  const ServicePreview& web = seen.at("web");
  EXPECT_EQ(web.kind, Kind::kCreate);
  EXPECT_EQ(web.to, 1U);
  ASSERT_EQ(web.places.size(), 2U);
  EXPECT_NE(web.places[0].node, web.places[1].node);
  EXPECT_NE(web.places[0].because.find("3 nodes: 3 free"), std::string::npos);
  EXPECT_TRUE(web.stops.empty());
  EXPECT_EQ(world_.state.service(world_.web), nullptr) << "nothing has happened";
}

TEST_F(PreviewTest, OfANewVersionNamesWhatWouldStop) {
  serve(2);
  const Preview seen = preview(shop(3, "shop:2"));
  const ServicePreview& web = seen.at("web");
  EXPECT_EQ(web.kind, Kind::kUpdate);
  EXPECT_EQ(web.from, 1U);
  EXPECT_EQ(web.to, 2U);
  EXPECT_EQ(web.before.image(), "shop:1");
  EXPECT_EQ(web.after.image(), "shop:2");
  EXPECT_EQ(web.places.size(), 3U);
  EXPECT_EQ(web.stops.size(), 2U);
}

TEST_F(PreviewTest, OfAnotherNumberOnly) {
  serve(2);
  EXPECT_EQ(preview(shop(2)).at("web").kind, Kind::kNothing);
  const Preview more = preview(shop(3));
  EXPECT_EQ(more.at("web").kind, Kind::kScale);
  EXPECT_EQ(more.at("web").places.size(), 1U);
  EXPECT_EQ(more.at("web").before.replicas(), 2U);
  const Preview fewer = preview(shop(1));
  EXPECT_EQ(fewer.at("web").stops.size(), 1U);
  EXPECT_TRUE(fewer.at("web").places.empty());
}

TEST_F(PreviewTest, OfAServiceThatTheSpecNoLongerHas) {
  model::AppSpec both = shop(1);
  model::ServiceSpec api = both.services().at("web");
  api.clear_routes();
  (*both.mutable_services())["api"] = api;
  deploy(both);
  world_.run();
  const Preview seen = preview(shop(1));
  EXPECT_EQ(seen.at("api").kind, Kind::kRemove);
  EXPECT_EQ(seen.at("api").stops.size(), 1U);
  EXPECT_EQ(seen.at("web").kind, Kind::kNothing);
}

TEST_F(PreviewTest, SaysWhyThereIsNoRoom) {
  model::AppSpec spec = shop(1);
  spec.mutable_services()->at("web").mutable_resources()->set_memory_bytes(uint64_t{64} << 30);
  const Preview seen = preview(spec);
  EXPECT_TRUE(seen.at("web").places.empty());
  EXPECT_NE(seen.at("web").problem.find("3 lack memory"), std::string::npos);
}

TEST_F(PreviewTest, RefusesWhatADeployRefuses) {
  serve(1);
  model::AppSpec rival = shop(1);
  rival.set_app("rival");
  const auto refused = preview_spec(world_.state, rival, world_.contacts, world_.clock.now(),
                                    world_.clock.wall(), world_.random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error()[0].code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace hancock::master
