#include "master/core/request_checks.h"

#include <fmt/format.h>

#include "master/core/service_edit.h"

namespace hancock::master {
namespace {

RequestError not_found(const ServiceRef& ref) {
  RequestError error;
  error.code = ErrorCode::kNotFound;
  error.message = ref.service.empty() ? fmt::format("there is no app {}/{}", ref.tenant, ref.app)
                                      : fmt::format("there is no service {}", ref.to_string());
  error.value = ref.service.empty() ? ref.app : ref.service;
  return error;
}

RequestError unreadable(const ServiceRef& ref, std::string_view key) {
  return {
      ErrorCode::kUnavailable,
      fmt::format("the record of {} cannot be read ({}); an operator has to mend it", ref.to_string(), key),
      {},
      ref.service,
      {}};
}

}  // namespace

tl::unexpected<std::vector<RequestError>> refuse(RequestError error) {
  return tl::unexpected(std::vector<RequestError>{std::move(error)});
}

tl::unexpected<std::vector<RequestError>> refuse_now(std::string message) {
  return refuse({ErrorCode::kConflict, std::move(message), {}, {}, {}});
}

RequestResult<std::vector<ServiceRef>> targets(const State& state, const ServiceRef& ref) {
  if (!ref.service.empty()) {
    const std::string key = state.state_keys().service(ref);
    if (state.is_unreadable(key)) return refuse(unreadable(ref, key));
    if (!state.service(ref)) return refuse(not_found(ref));
    return std::vector<ServiceRef>{ref};
  }
  std::vector<ServiceRef> found = services_of(state, {ref.tenant, ref.app});
  if (found.empty() && !state.apps().contains(AppRef{ref.tenant, ref.app})) return refuse(not_found(ref));
  return found;
}

RequestResult<const Stored<model::Service>*> target(const State& state, const ServiceRef& ref) {
  auto found = targets(state, ref);
  if (!found) return tl::unexpected(found.error());
  const Stored<model::Service>* service = state.service(ref);
  if (service->value.removing())
    return refuse_now(fmt::format("service {} is being removed", ref.to_string()));
  return service;
}

}  // namespace hancock::master
