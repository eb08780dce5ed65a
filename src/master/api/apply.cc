// PUT apps/APP: the spec of an App.
#include <charconv>

#include "master/api/handlers.h"
#include "master/api/spec_body.h"
#include "master/api/write.h"

namespace hancock::master::api {
namespace {

// What the path and the query say has to be what the spec says.
std::optional<Problem> check_target(const Call& call, const model::AppSpec& spec) {
  if (spec.app() != call.names[0]) {
    return Problem(400, Mistake("invalid", "the spec is of another app than the path", "app", spec.app(),
                                call.names[0]));
  }
  return check_tenant(call, spec);
}

tl::expected<std::optional<int64_t>, Problem> wanted_index(const Call& call) {
  const auto text = call.request().parameter("check_index");
  if (!text) return std::nullopt;
  int64_t index = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), index);
  if (error != std::errc() || end != text->data() + text->size() || index < 0) {
    return tl::unexpected(Problem(400, Mistake("invalid", "check_index is no index", "check_index", *text,
                                               "the index of an earlier answer")));
  }
  return index;
}

std::string body_of(const State& state, const model::AppSpec& spec, const ApplyOutcome& outcome) {
  std::string services;
  const auto add = [&services](const std::string& name, const std::string& value) {
    services += fmt::format("{}{}:{}", services.empty() ? "" : ",", quote(name), value);
  };
  for (const ServiceOutcome& service : outcome.services) {
    add(service.service, fmt::format(R"({{"version":{},"deployment":{}}})", service.version,
                                     service.deployment.empty() ? "null" : quote(service.deployment)));
  }
  // Those that the spec no longer has are on their way out.
  for (const auto& [ref, service] : state.services()) {
    if (ref.tenant != spec.tenant() || ref.app != spec.app() || spec.services().contains(ref.service))
      continue;
    add(ref.service,
        fmt::format(R"({{"version":{},"deployment":null,"removed":true}})", service.value.latest_version()));
  }
  return "{\"services\":{" + services + "}}";
}

}  // namespace

io::Async<void> put_app(Call& call) {
  if (auto problem = check_names(call)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  const auto index = wanted_index(call);
  if (!index) {
    co_await refuse(call, index.error());
    co_return;
  }
  const auto spec = co_await load_spec_aside(call, *body);
  if (!spec) {
    co_await refuse(call, spec.error());
    co_return;
  }
  if (auto problem = check_target(call, *spec)) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  const DecideRequest decide = [&](const State& state) -> RequestResult<Decided> {
    if (*index) {
      if (auto error = check_index(state, {spec->tenant(), spec->app()}, **index)) {
        return tl::unexpected(std::vector<RequestError>{*error});
      }
    }
    auto outcome = apply_spec(state, *spec, call.context.clock.wall(), call.context.random);
    if (!outcome) return tl::unexpected(std::move(outcome.error()));
    std::string text = body_of(state, *spec, *outcome);
    return Decided{std::move(outcome->changes), std::move(text)};
  };
  co_await write(call, std::move(*body), decide);
}

}  // namespace hancock::master::api
