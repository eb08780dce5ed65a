// Admin: the gateway's HTTP API for operators and programs (docs/slardar.md). Reads only, so far; what later
// work writes is answered 501 "not supported yet". Control thread.
#pragma once

#include <functional>

#include "http/server.h"
#include "slardar/gateway_view.h"

namespace hancock::slardar {

/// Collects a view; takes as long as the slowest worker, at most a second.
using ViewSource = std::function<io::Async<GatewayView>()>;

class Admin {
 public:
  Admin(io::Loop& loop, ViewSource view, std::function<bool()> ready);

  Result<io::Address> listen(io::Address address) { return server_.listen(std::move(address)); }
  io::Async<void> close(TimePoint deadline) { return server_.close(deadline); }

 private:
  io::Async<void> handle(http::Exchange& exchange);
  io::Async<http::Response> answer(const http::RequestHead& request);

  ViewSource view_;
  std::function<bool()> ready_;
  http::Server server_;
};

}  // namespace hancock::slardar
