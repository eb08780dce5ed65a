#include "slardar/admin/admin.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/log.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kUpstreamPath = "/upstream/";

http::Response document(int status, std::string body, std::string_view type = "application/json") {
  http::Headers headers;
  headers.set("Content-Type", type);
  return http::Response(status, std::move(body), std::move(headers));
}

// `message` is ours or a checked name: nothing to escape.
http::Response refusal(int status, std::string_view message) {
  return document(status, fmt::format("{{\"status\":{},\"msg\":\"{}\"}}\n", status, message));
}

http::Response plain(int status, std::string_view text) {
  return document(status, std::string(text) + "\n", "text/plain");
}

bool is_write(std::string_view method) { return method == "PUT" || method == "POST" || method == "DELETE"; }

bool is_known(std::string_view path) {
  for (const std::string_view known :
       {"/status", "/upstreams", "/routes", "/metrics", "/healthz", "/readyz"}) {
    if (path == known) return true;
  }
  return path.starts_with(kUpstreamPath);
}

}  // namespace

Admin::Admin(io::Loop& loop, ViewSource view, std::function<bool()> ready)
    : loop_(loop), view_(std::move(view)), ready_(std::move(ready)), server_(make_server()) {}

std::unique_ptr<http::Server> Admin::make_server() {
  return std::make_unique<http::Server>(loop_, [this](http::Exchange& exchange) { return handle(exchange); });
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
  http::Response response = co_await answer(exchange.request());
  auto sent = co_await exchange.respond(std::move(response));
  (void)sent;  // a client that has gone needs no answer
}

io::Async<http::Response> Admin::answer(const http::RequestHead& request) {
  const std::string path(request.path());
  const std::string& method = request.method;
  if (path == "/lua" || path.starts_with("/lua/")) co_return refusal(501, "not supported yet");
  if (!is_known(path)) co_return refusal(404, "not found");
  if (path.starts_with(kUpstreamPath) && is_write(method)) co_return refusal(501, "not supported yet");
  if (method != "GET" && method != "HEAD") co_return refusal(405, "method not allowed");
  if (path == "/healthz") co_return plain(200, "ok");
  if (path == "/readyz") co_return ready_() ? plain(200, "ready") : plain(503, "not ready");

  const GatewayView view = co_await view_();
  if (path == "/status") co_return document(200, status_json(view));
  if (path == "/upstreams") co_return document(200, upstreams_json(view));
  if (path == "/routes") co_return document(200, routes_json(view));
  if (path == "/metrics") co_return document(200, metrics_text(view), "text/plain; version=0.0.4");
  auto body = upstream_json(view, path.substr(kUpstreamPath.size()));
  if (body) co_return document(200, std::move(*body));
  co_return refusal(404, "no upstream of that name");
}

}  // namespace hancock::slardar
