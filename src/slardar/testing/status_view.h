// StatusView: a GatewayView by hand, for tests of what is written from it: the upstream "shop" with one
// level.
#pragma once

#include "slardar/admin/gateway_view.h"
#include "slardar/confd/health_table.h"

namespace hancock::slardar::testing {

inline Server server_at(uint16_t port, std::string task = "") {
  return Server{*io::Address::of("10.0.0.1", port), std::move(task)};
}

struct StatusView {
  StatusView() {
    upstream.name = "shop";
    upstream.key = "/hancock/upstreams/shop";
    upstream.balance = *find_balancer("rr");
    upstream.levels = {{"", {server_at(80)}}};
    view.id = "gw-1";
    view.started = WallTime(std::chrono::seconds(1'700'000'000));
    view.now = view.started + std::chrono::minutes(10);
    view.moment = TimePoint(std::chrono::hours(1));
    view.in_touch = view.ready = true;
    view.workers_wanted = 1;
    WorkerStatus& worker = view.workers.emplace_back();
    worker.snapshot = 1;
  }

  /// The last word: everything above is in it.
  GatewayView& made() {
    snapshot.number = 17;
    upstream.health = health();
    snapshot.upstreams = {nullptr, std::make_shared<const Upstream>(upstream)};
    view.snapshot = std::make_shared<const Snapshot>(snapshot);
    return view;
  }
  /// Of the upstream's servers, as they are listed now.
  UpstreamHealthPtr health() { return healths.of(upstream.key, upstream.levels); }
  CheckReport& check_of(const Server& server) {
    return view.checks.upstreams[upstream.key][server.identity()];
  }
  /// What worker `index` counts of it.
  PeerStatus& peer_of(const Server& server, size_t index = 0) {
    while (view.workers.size() <= index) view.workers.emplace_back().worker = view.workers.size() - 1;
    PeerStatus& peer = view.workers[index].peers.emplace_back();
    peer.upstream = upstream.name;
    peer.name = server.address.to_string();
    peer.task = server.task;
    return peer;
  }

  GatewayView view;
  Upstream upstream;
  Snapshot snapshot;
  HealthTable healths;
};

}  // namespace hancock::slardar::testing
