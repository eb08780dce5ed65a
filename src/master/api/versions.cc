// GET services/APP/SERVICE/versions[/N], …/diff; POST …/rollback, …/restart, …/promote.
#include "base/number.h"
#include "master/api/body.h"
#include "master/api/handlers.h"
#include "master/api/views.h"
#include "master/api/write.h"
#include "model/json.h"
#include "model/spec_diff.h"

namespace hancock::master::api {
namespace {

Problem no_version(const ServiceRef& ref, std::string_view number) {
  return no_such("version", fmt::format("{}/{} {}", ref.app, ref.service, number));
}

const Stored<model::Version>* find_version(const Call& call, std::string_view text) {
  const auto number = parse_number<uint32_t>(text);
  return number ? call.context.state().version(call.service(), *number) : nullptr;
}

RequestResult<Decided> as_decided(RequestResult<DeployOutcome> outcome) {
  if (!outcome) return tl::unexpected(std::move(outcome.error()));
  const ServiceOutcome& service = outcome->service;
  std::string body = fmt::format(R"({{"version":{},"deployment":{}}})", service.version,
                                 service.deployment.empty() ? "null" : quote(service.deployment));
  return Decided{std::move(outcome->changes), std::move(body)};
}

}  // namespace

io::Async<void> list_versions(Call& call) {
  const ServiceRef ref = call.service();
  const State& state = call.context.state();
  if (state.service(ref) == nullptr) {
    co_await refuse(call, no_such("service", ref.app + "/" + ref.service));
    co_return;
  }
  std::vector<std::string> items;
  for (auto version = state.versions().lower_bound(VersionRef{ref, 0});
       version != state.versions().end() && version->first.service == ref; ++version) {
    items.push_back(model::to_json(version->second.value));
  }
  co_await answer(call, 200, list_of(items, state.revision()));
}

io::Async<void> get_version(Call& call) {
  const auto* version = find_version(call, call.names[2]);
  if (version == nullptr) {
    co_await refuse(call, no_version(call.service(), call.names[2]));
    co_return;
  }
  co_await answer(call, 200, with_index(model::to_json(version->value), call.context.state().revision()));
}

io::Async<void> get_diff(Call& call) {
  const std::string from_text = call.request().parameter("from").value_or("");
  const std::string to_text = call.request().parameter("to").value_or("");
  const auto* from = find_version(call, from_text);
  const auto* to = find_version(call, to_text);
  if (from == nullptr || to == nullptr) {
    co_await refuse(call, no_version(call.service(), from == nullptr ? from_text : to_text));
    co_return;
  }
  std::string body =
      fmt::format(R"({{"from":{},"to":{},"items":[{}]}})", from->value.number(), to->value.number(),
                  items_of_diff(model::diff_specs(from->value.spec(), to->value.spec())));
  co_await answer(call, 200, with_index(body, call.context.state().revision()));
}

io::Async<void> rollback_service(Call& call) {
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  const auto version = parse_version(*body);
  if (!version) {
    co_await refuse(call, version.error());
    co_return;
  }
  const ServiceRef ref = call.service();
  const DecideRequest decide = [&](const State& state) {
    return as_decided(rollback(state, ref, *version, call.context.clock.wall(), call.context.random));
  };
  co_await write(call, std::move(*body), decide);
}

namespace {

using DeployDecision = RequestResult<DeployOutcome> (*)(const State&, const ServiceRef&, WallTime, Random&);

RequestResult<DeployOutcome> promote_now(const State& state, const ServiceRef& ref, WallTime wall, Random&) {
  return promote(state, ref, wall);
}

io::Async<void> write_deployment(Call& call, DeployDecision decision) {
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
    return as_decided(decision(state, ref, call.context.clock.wall(), call.context.random));
  };
  co_await write(call, std::move(*body), decide);
}

}  // namespace

io::Async<void> restart_service(Call& call) { return write_deployment(call, &restart); }
io::Async<void> promote_service(Call& call) { return write_deployment(call, &promote_now); }

}  // namespace hancock::master::api
