// Admin: the gateway's HTTP API for operators and programs (docs/admin.md): what is asked for, and who
// answers. Control thread.
#pragma once

#include <functional>
#include <memory>

#include "base/unique_fd.h"
#include "http/server.h"
#include "slardar/admin/access.h"
#include "slardar/admin/gateway_view.h"
#include "slardar/admin/lua_calls.h"
#include "slardar/admin/upstream_calls.h"

namespace hancock::slardar {

/// Collects a view; takes as long as the slowest worker, at most a second.
using ViewSource = std::function<io::Async<GatewayView>()>;

class Admin {
 public:
  Admin(io::Loop& loop, AdminAccess access, ViewSource view, std::function<bool()> ready,
        UpstreamCalls upstreams, LuaCalls lua);

  Result<io::Address> listen(io::Address address) { return server_->listen(std::move(address)); }
  /// On a socket that listens already.
  io::Address adopt(UniqueFd listening) { return server_->adopt(std::move(listening)); }
  /// A copy of what it listens on.
  UniqueFd copy_socket() const;
  /// Leaves what comes to another process; whoever is connected has until `deadline`.
  io::Async<void> pause(TimePoint deadline);
  void resume();
  io::Async<void> close(TimePoint deadline) { return server_->close(deadline); }

 private:
  std::unique_ptr<http::Server> make_server();
  io::Async<void> handle(http::Exchange& exchange);
  io::Async<http::Response> answer(http::Exchange& exchange);
  io::Async<http::Response> show(const http::RequestHead& request, std::string path);
  static http::Response status(const http::RequestHead& request, const GatewayView& view);

  io::Loop& loop_;
  const AdminAccess access_;
  ViewSource view_;
  std::function<bool()> ready_;
  UpstreamCalls upstreams_;
  LuaCalls lua_;
  std::unique_ptr<http::Server> server_;
  UniqueFd paused_;  // what it listened on
};

}  // namespace hancock::slardar
