// GatewayHttp2Peers: a fixture for tests of HTTP/2 to peers, frame by frame, behind a whole gateway in this
// process.
#pragma once

#include <gtest/gtest.h>

#include "slardar/testing/http2_peer.h"
#include "slardar/testing/http2_visitor.h"
#include "slardar/testing/world.h"

namespace hancock::slardar::testing {

using H2 = Http2Visitor;
using Peer2 = Http2Peer;

inline const H2::Fields kOk{{":status", "200"}};

/// A gateway with one route, shop.test, to HTTP/2 peers of the test's choice.
class GatewayHttp2Peers : public ::testing::Test {
 protected:
  Peer2& peer(Peer2::Settings settings = {}) {
    auto& made = *peers_.emplace_back(std::make_unique<Peer2>(world_.loop, std::move(settings)));
    world_.put(endpoint_of("web", "t" + std::to_string(peers_.size()), made.port()));
    return made;
  }
  void start(const std::function<void(registry::Entrance&)>& change = {}) {
    registry::Route route = route_of("web", {"shop.test"});
    route.entrances[0].protocol = "grpc";
    if (change) change(route.entrances[0]);
    world_.put(route);
    world_.start();
  }
  H2 visit(std::vector<std::pair<uint16_t, uint32_t>> settings = {}) {
    return H2(world_.loop, world_.http(), std::move(settings));
  }
  bool until(const std::function<bool()>& holds) { return world_.until(holds); }
  /// Waits until it has so many requests; the last of them.
  Peer2::Request& asked(Peer2& peer, size_t count = 1) {
    EXPECT_TRUE(until([&] { return peer.requests().size() >= count; }));
    return peer.requests()[count - 1];
  }
  static H2::Fields grpc_fields() {
    return H2::fields_of("POST", "/shop.Cart/Add",
                         {{"content-type", "application/grpc"}, {"te", "trailers"}});
  }
  uint32_t call(H2& visitor) {
    const uint32_t id = visitor.next_id();
    visitor.head(id, grpc_fields(), H2::kEndHeaders);
    return id;
  }

  World world_{1};
  std::deque<std::unique_ptr<Peer2>> peers_;
};

}  // namespace hancock::slardar::testing
