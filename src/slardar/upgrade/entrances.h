// Entrances: the addresses of the configuration at which visitors come in: looked at, opened in every worker,
// listed. Routes' TCP ports are the snapshot's. Control thread.
#pragma once

#include "io/async.h"
#include "slardar/admin/gateway_view.h"
#include "slardar/config/config.h"
#include "slardar/worker/worker_group.h"

namespace hancock::slardar {

class Entrances {
 public:
  Entrances(io::Loop& loop, const Config& config, WorkerGroup& workers)
      : loop_(loop), config_(config), workers_(workers) {}

  /// Whether all can be bound that `ours` does not hold already; what is wrong is logged.
  bool probe(const Sockets& ours) const;
  /// False: one could not be bound (it is logged).
  io::Async<bool> open();
  /// The addresses, for the configuration's and the snapshot's entrances, that `sockets` has one of.
  std::vector<std::string> among(const Sockets& sockets, const Snapshot& snapshot) const;

  /// One that was opened elsewhere.
  void add(GatewayView::Listener listener) { listed_.push_back(std::move(listener)); }
  /// As bound.
  const std::vector<GatewayView::Listener>& listed() const { return listed_; }
  /// Of the first of that kind.
  std::optional<io::Address> address_of(std::string_view kind) const;

 private:
  struct Wanted {
    std::string_view kind;  // "http", "https", "tcp"
    io::Address address;
    std::string upstream;
  };
  std::vector<Wanted> wanted() const;
  io::Async<Result<io::Address>> open(const Wanted& entrance);

  io::Loop& loop_;
  const Config& config_;
  WorkerGroup& workers_;
  std::vector<GatewayView::Listener> listed_;
};

}  // namespace hancock::slardar
