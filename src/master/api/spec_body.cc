#include "master/api/spec_body.h"

#include "model/spec_loader.h"

namespace hancock::master::api {
namespace {

Problem problem_of_spec(const std::vector<model::SpecError>& errors) {
  Problem problem(400);
  for (const model::SpecError& error : errors) {
    problem.mistakes.emplace_back(error.code, error.message, error.field, error.value, error.allowed,
                                  error.line);
  }
  return problem;
}

}  // namespace

// The thread owns what it reads, since the client may leave.
io::Async<tl::expected<model::AppSpec, Problem>> load_spec_aside(Call& call, const std::string& body) {
  auto load = [text = body, tenant = call.tenant] {
    return model::load_spec(text, {.default_tenant = tenant});
  };
  auto loaded = co_await call.context.pool.run(call.context.loop, std::move(load));
  if (!loaded) co_return tl::unexpected(problem_of_spec(loaded.error()));
  co_return std::move(*loaded);
}

std::optional<Problem> check_tenant(const Call& call, const model::AppSpec& spec) {
  if (spec.tenant() != call.tenant && call.request().parameter("tenant")) {
    return Problem(400, Mistake("invalid", "the spec is of another tenant than the query", "tenant",
                                spec.tenant(), call.tenant));
  }
  if (!call.context.state().tenants().contains(spec.tenant())) return no_such("tenant", spec.tenant());
  return std::nullopt;
}

}  // namespace hancock::master::api
