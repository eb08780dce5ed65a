#include "agent/images/image_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hancock::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const model::ServiceRef kWeb{"acme", "shop", "web"};
const model::ServiceRef kApi{"acme", "shop", "api"};

WallTime at(int minutes) { return WallTime(std::chrono::minutes(minutes)); }

cri::Image image(const std::string& id, uint64_t size = 1) { return {.id = id, .size_bytes = size}; }

TEST(ImagePlan, TheLeastRecentlyUsedGoesFirst) {
  ImageHistory history;
  history.note("b", at(3));
  history.note("a", at(5));
  history.note("c", at(4));
  const std::vector<cri::Image> images{image("a"), image("b"), image("c"), image("unknown")};
  EXPECT_THAT(removable_images(images, history, {}), ElementsAre("unknown", "b", "c", "a"));
}

TEST(ImagePlan, OfThoseNeverUsedTheLargestGoesFirst) {
  const std::vector<cri::Image> images{image("small", 10), image("large", 1000), image("middle", 100)};
  EXPECT_THAT(removable_images(images, {}, {}), ElementsAre("large", "middle", "small"));
}

TEST(ImagePlan, WhatIsKeptByAnyOfItsNamesOrPinnedStays) {
  cri::Image tagged = image("1"), digested = image("2"), pinned = image("3"), other = image("4");
  tagged.tags = {"pause:3", "pause:latest"};
  digested.digests = {"shop@sha256:abc"};
  pinned.pinned = true;
  const std::vector<cri::Image> images{tagged, digested, pinned, other, image("5")};
  EXPECT_THAT(removable_images(images, {}, {"pause:3", "shop@sha256:abc", "5"}), ElementsAre("4"));
}

TEST(ImagePlan, ADiskIsAsFullAsDfSays) {
  EXPECT_EQ((DiskUse{.used_bytes = 80, .free_bytes = 20}).percent(), 80);
  EXPECT_EQ((DiskUse{.used_bytes = 801, .free_bytes = 199}).percent(), 81);
  EXPECT_EQ((DiskUse{.used_bytes = 0, .free_bytes = 10}).percent(), 0);
  EXPECT_EQ((DiskUse{.used_bytes = 10, .free_bytes = 0}).percent(), 100);
  EXPECT_EQ(DiskUse{}.percent(), 0);
}

TEST(ImageHistory, KnowsTheNewestVersionOfAServiceAndTheOneBefore) {
  ImageHistory history;
  history.note("one", kWeb, 1, at(1));
  history.note("two", kWeb, 2, at(2));
  history.note("three", kWeb, 3, at(3));
  history.note("one", kApi, 7, at(4));
  EXPECT_THAT(history.newest_two(kWeb), UnorderedElementsAre("two", "three"));
  EXPECT_THAT(history.newest_two(kApi), UnorderedElementsAre("one"));
  EXPECT_THAT(history.newest_two({"acme", "shop", "none"}), IsEmpty());
}

TEST(ImageHistory, ARollbackUsesAnOldImageAnew) {
  ImageHistory history;
  history.note("one", kWeb, 1, at(1));
  history.note("two", kWeb, 2, at(2));
  history.note("one", kWeb, 3, at(3));
  EXPECT_THAT(history.newest_two(kWeb), UnorderedElementsAre("one", "two"));
  EXPECT_EQ(history.used_at("one"), at(3));
}

TEST(ImageHistory, ForgetsWhatIsNotThereAnyMore) {
  ImageHistory history;
  history.note("one", at(1));
  history.note("two", kWeb, 2, at(2));
  history.begin_look();
  history.keep_only({"two"});
  EXPECT_EQ(history.used_at("one"), WallTime());
  EXPECT_EQ(history.used_at("two"), at(2));
  EXPECT_EQ(history.uses().size(), 1u);
}

TEST(ImageHistory, RemembersWhatWasUsedWhileItWasLookedUpWhatIsThere) {
  ImageHistory history;
  history.note("gone", at(1));
  history.note("again", at(1));
  history.begin_look();
  history.note("new", kWeb, 1, at(5));
  history.note("again", at(1));
  history.keep_only({"other"});
  EXPECT_EQ(history.used_at("new"), at(5));
  EXPECT_THAT(history.newest_two(kWeb), UnorderedElementsAre("new"));
  EXPECT_EQ(history.used_at("again"), at(1));
  EXPECT_EQ(history.used_at("gone"), WallTime());
}

}  // namespace
}  // namespace hancock::agent
