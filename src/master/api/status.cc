// What needs no token: GET /v1/leader, /healthz, /readyz, /metrics.
#include "master/api/api.h"
#include "master/api/handlers.h"

namespace hancock::master::api {
namespace {

http::Headers text_type() {
  return http::Headers{{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
}

}  // namespace

io::Async<void> get_leader(Call& call) {
  const Leadership& leadership = call.context.leadership;
  const auto& leader = leadership.leader();
  if (!leader) {
    co_await refuse(call, Problem(503, Mistake("no_leader", "no leader is known here")));
    co_return;
  }
  co_await answer(call, 200,
                  fmt::format(R"({{"epoch":{},"term":{},"master":{},"address":{},"leading":{}}})",
                              leader->epoch, leader->term, quote(leader->master), quote(leader->address),
                              leadership.reign().has_value()));
}

io::Async<void> get_health(Call& call) {
  call.context.metrics.count_request(200);
  http::Response response(200, "ok\n", text_type());
  co_await call.exchange.respond(std::move(response));
}

io::Async<void> get_readiness(Call& call) {
  if (auto problem = why_not_leading(call.context)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  co_await get_health(call);
}

io::Async<void> get_metrics(Call& call) {
  call.context.metrics.count_request(200);
  http::Response response(200, call.context.metrics.render(call.context.state(), call.context.leadership),
                          text_type());
  co_await call.exchange.respond(std::move(response));
}

}  // namespace hancock::master::api
