#include "agent/network/cni_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temp_dir.h"

namespace hancock::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As containerd 1.6.20 tells it, shortened.
constexpr const char* kConfig =
    R"({"containerd":{"snapshotter":"overlayfs"},"cni":{"binDir":"/usr/lib/cni"},"sandboxImage":"pause:1",
        "netnsMountsUnderStateDir":true,"stateDir":"/d/state/io.containerd.grpc.v1.cri"})";
constexpr const char* kCni = R"({"PluginDirs":["/usr/lib/cni"],"PluginConfDir":"/d/cni","Networks":[
  {"Config":{"Name":"cni-loopback","CNIVersion":"0.3.1","Plugins":[{"Source":"{\"type\":\"loopback\"}"}]}},
  {"Config":{"Name":"node-1","CNIVersion":"0.4.0","Plugins":[{"Network":{"type":"ptp"},
   "Source":"{\"type\":\"ptp\",\"ipam\":{\"type\":\"host-local\",\"dataDir\":\"/d/cni-state\"}}"}]},"IFName":"eth0"}]})";

TEST(CniNetwork, IsReadFromWhatTheRuntimeTells) {
  const auto network = parse_cni_network({{"config", kConfig}, {"cniconfig", kCni}});
  ASSERT_TRUE(network) << network.error().message;
  EXPECT_EQ(network->name, "node-1");
  EXPECT_EQ(network->reservations, "/d/cni-state/node-1");
  EXPECT_EQ(network->namespaces, "/d/state/io.containerd.grpc.v1.cri/netns");
  EXPECT_THAT(network->plugin, HasSubstr(R"("cniVersion":"0.4.0")"));
  EXPECT_THAT(network->plugin, HasSubstr(R"("name":"node-1")"));
}

TEST(CniNetwork, FoldersThatOthersUseTooAreLeftAlone) {
  const auto network =
      parse_cni_network({{"config", R"({"netnsMountsUnderStateDir":false})"}, {"cniconfig", kCni}});
  ASSERT_TRUE(network) << network.error().message;
  EXPECT_EQ(network->namespaces, "");
  EXPECT_THAT(idle_namespaces(*network), IsEmpty());
}

TEST(CniNetwork, WhatCannotBeReadIsAnError) {
  EXPECT_FALSE(parse_cni_network({}));
  EXPECT_FALSE(parse_cni_network({{"config", "{"}, {"cniconfig", kCni}}));
  EXPECT_FALSE(parse_cni_network({{"config", kConfig}, {"cniconfig", R"({"Networks":[{}]})"}}));
}

TEST(CniNetwork, ReservationsNameTheirSandboxes) {
  const TempDir folder("cni_test");
  CniNetwork network;
  network.reservations = folder.path();
  std::ofstream(folder / "100.64.16.2") << "abc\r\neth0";
  std::ofstream(folder / "100.64.16.3") << "def\r\neth0";
  std::ofstream(folder / "last_reserved_ip.0") << "100.64.16.3";
  std::ofstream(folder / "lock") << "";
  EXPECT_THAT(reserving_sandboxes(network), ElementsAre("abc", "def"));
}

}  // namespace
}  // namespace hancock::agent
