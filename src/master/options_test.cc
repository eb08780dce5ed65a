#include "master/options.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"

namespace hancock::master {
namespace {

MasterOptions first_start() {
  return {.data = "/data",
          .listen = "0.0.0.0:7400",
          .etcd_client = "127.0.0.1:7401",
          .etcd_peer = "192.0.2.1:7402",
          .bootstrap = true};
}

TEST(MasterOptions, AFirstStartSaysEverything) {
  const auto settled = settle_options(first_start(), nullptr);
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_EQ(settled->name, "master-1");
}

TEST(MasterOptions, ALaterStartNeedsOnlyItsFolder) {
  const auto remembered = *settle_options(first_start(), nullptr);
  const auto settled = settle_options({.data = "/data"}, &remembered);
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_EQ(settled->listen, "0.0.0.0:7400");
  EXPECT_EQ(settled->etcd_client, "127.0.0.1:7401");
  EXPECT_TRUE(settled->bootstrap);
}

TEST(MasterOptions, TheSameFlagsAgainAreAsGoodAsNone) {
  const auto remembered = *settle_options(first_start(), nullptr);
  EXPECT_TRUE(settle_options(first_start(), &remembered));
}

TEST(MasterOptions, AMemberKeepsItsNameAndItsPeerAddress) {
  const auto remembered = *settle_options(first_start(), nullptr);
  MasterOptions moved = first_start();
  moved.etcd_peer = "192.0.2.2:7402";
  EXPECT_EQ(settle_options(moved, &remembered).error().code, ErrorCode::kConflict);
  MasterOptions renamed = first_start();
  renamed.name = "master-2";
  EXPECT_EQ(settle_options(renamed, &remembered).error().code, ErrorCode::kConflict);
}

TEST(MasterOptions, WhatIsMissingOrWrongIsNamed) {
  MasterOptions given = first_start();
  given.bootstrap = false;
  EXPECT_EQ(settle_options(given, nullptr).error().code, ErrorCode::kInvalid);
  given = first_start();
  given.etcd_client = "0.0.0.0:7401";
  EXPECT_EQ(settle_options(given, nullptr).error().field, "--etcd-client");
  given = first_start();
  given.etcd_peer.clear();
  EXPECT_EQ(settle_options(given, nullptr).error().field, "--etcd-peer");
  given = first_start();
  given.name = "No Name";
  EXPECT_EQ(settle_options(given, nullptr).error().field, "--name");
}

TEST(MasterOptions, AreRememberedInTheFolder) {
  const TempDir temp("options_test");
  const auto& folder = temp.path();
  MasterOptions options = *settle_options(first_start(), nullptr);
  options.data = folder;
  EXPECT_EQ(load_options(folder).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(save_options(options));
  const auto loaded = load_options(folder);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->listen, options.listen);
  EXPECT_EQ(loaded->name, options.name);
  ASSERT_TRUE(write_file(folder / "master.json", "{\"name\":7}"));
  EXPECT_EQ(load_options(folder).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace hancock::master
