#include "slardar/admin/admin.h"

#include <fcntl.h>

#include <algorithm>

#include "base/log.h"
#include "slardar/admin/answers.h"
#include "slardar/admin/status_page.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kUpstreamPath = "/upstream/";
constexpr std::string_view kLuaPath = "/lua/";

/// What other machines ask for all the time, and learn no secret from.
bool is_for_all(std::string_view path) {
  return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

bool is_known(std::string_view path) {
  constexpr std::string_view kPaths[] = {"/status",  "/upstreams", "/routes",
                                         "/metrics", "/healthz",   "/readyz"};
  return std::find(std::begin(kPaths), std::end(kPaths), path) != std::end(kPaths);
}

/// Descriptors are the visitors' first of all.
constexpr size_t kConnectionsMax = 256;

}  // namespace

Admin::Admin(io::Loop& loop, AdminAccess access, ViewSource view, std::function<bool()> ready,
             UpstreamCalls upstreams, LuaCalls lua)
    : loop_(loop),
      access_(std::move(access)),
      view_(std::move(view)),
      ready_(std::move(ready)),
      upstreams_(std::move(upstreams)),
      lua_(std::move(lua)),
      server_(make_server()) {}

std::unique_ptr<http::Server> Admin::make_server() {
  http::ServerLimits limits;
  limits.connections = kConnectionsMax;
  return std::make_unique<http::Server>(
      loop_, [this](http::Exchange& exchange) { return handle(exchange); }, limits);
}

UniqueFd Admin::copy_socket() const {
  const std::vector<int> sockets = server_->sockets();
  return sockets.empty() ? UniqueFd() : UniqueFd(::fcntl(sockets.front(), F_DUPFD_CLOEXEC, 0));
}

io::Async<void> Admin::pause(TimePoint deadline) {
  paused_ = copy_socket();
  co_await server_->close(deadline);
}

void Admin::resume() {
  server_ = make_server();
  if (!paused_) return log::error("admin", "no descriptor was left to keep its socket: it is not served");
  server_->adopt(std::move(paused_));
}

io::Async<void> Admin::handle(http::Exchange& exchange) {
  http::Response response = co_await answer(exchange);
  auto sent = co_await exchange.respond(std::move(response));
  (void)sent;  // a client that has gone needs no answer
}

io::Async<http::Response> Admin::answer(http::Exchange& exchange) {
  const std::string path(exchange.request().path());
  const std::string method = exchange.request().method;
  if (!is_for_all(path)) {
    if (auto refused = access_.refusal(exchange.request(), exchange.peer())) co_return std::move(*refused);
  }
  if (path == "/lua") co_return co_await lua_.all(exchange);
  if (path.starts_with(kLuaPath)) co_return co_await lua_.one(exchange, path.substr(kLuaPath.size()));
  if (path.starts_with(kUpstreamPath))
    co_return co_await upstreams_.one(exchange, path.substr(kUpstreamPath.size()));
  if (!is_known(path)) co_return refusal(404, "not found");
  if (method != "GET" && method != "HEAD") co_return wrong_method("GET, HEAD");
  co_return co_await show(exchange.request(), path);
}

io::Async<http::Response> Admin::show(const http::RequestHead& request, std::string path) {
  if (path == "/healthz") co_return plain(200, "ok");
  if (path == "/readyz") co_return ready_() ? plain(200, "ready") : plain(503, "not ready");
  if (path == "/upstreams") co_return upstreams_.list();
  const GatewayView view = co_await view_();
  if (path == "/status") co_return status(request, view);
  if (path == "/routes") co_return document(200, routes_json(view));
  co_return document(200, metrics_text(view), "text/plain; version=0.0.4");
}

// A page shows what is there now, and no cache may take it for the other form.
http::Response Admin::status(const http::RequestHead& request, const GatewayView& view) {
  const bool as_page = wants_html(request.headers);
  http::Response response;
  if (as_page) {
    StatusPart part;
    part.upstream = request.parameter("upstream").value_or("");
    response = document(200, status_page(view, part), "text/html; charset=utf-8");
    response.headers.set("Content-Security-Policy", status_page_policy());
  } else {
    response = document(200, status_json(view));
  }
  response.headers.set("Vary", "Accept");
  return response;
}

}  // namespace hancock::slardar
