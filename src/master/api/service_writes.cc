// POST services/A/S/scale, …/stop, apps/APP/stop; DELETE services/A/S, apps/APP.
#include "master/api/body.h"
#include "master/api/handlers.h"
#include "master/api/write.h"

namespace hancock::master::api {
namespace {

using Decision = RequestResult<std::vector<Change>> (*)(const State&, const ServiceRef&, WallTime);

io::Async<void> write_simple(Call& call, Decision decision) {
  DecideChanges decide = [ref = call.service(), decision](const State& state, WallTime now) {
    return decision(state, ref, now);
  };
  return write_without_body(call, std::move(decide));
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
