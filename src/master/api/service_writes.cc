// POST services/A/S/scale, …/stop, apps/APP/stop; DELETE services/A/S, apps/APP.
#include "master/api/body.h"
#include "master/api/handlers.h"
#include "master/api/write.h"

namespace hancock::master::api {
namespace {

using Decision = RequestResult<std::vector<Change>> (*)(const State&, const ServiceRef&, WallTime);

RequestResult<Decided> as_decided(RequestResult<std::vector<Change>> changes) {
  if (!changes) return tl::unexpected(std::move(changes.error()));
  return Decided{std::move(*changes), "{}"};
}

io::Async<void> write_simple(Call& call, Decision decision) {
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  if (auto problem = check_empty(*body)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  const ServiceRef ref = call.service();
  const DecideRequest decide = [&](const State& state) {
    return as_decided(decision(state, ref, call.context.clock.wall()));
  };
  co_await write(call, std::move(*body), decide);
}

}  // namespace

io::Async<void> stop_service(Call& call) { return write_simple(call, &stop); }
io::Async<void> stop_app(Call& call) { return write_simple(call, &stop); }
io::Async<void> delete_service(Call& call) { return write_simple(call, &remove); }
io::Async<void> delete_app(Call& call) { return write_simple(call, &remove); }

io::Async<void> scale_service(Call& call) {
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  const auto replicas = parse_replicas(*body);
  if (!replicas) {
    co_await refuse(call, replicas.error());
    co_return;
  }
  const ServiceRef ref = call.service();
  const DecideRequest decide = [&](const State& state) {
    return as_decided(scale(state, ref, *replicas, call.context.clock.wall()));
  };
  co_await write(call, std::move(*body), decide);
}

}  // namespace hancock::master::api
