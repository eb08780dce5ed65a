#include "master/core/entrances.h"

#include <fmt/format.h>

#include "master/core/claims.h"

namespace hancock::master {

std::string other_owner(const State& state, const ServiceRef& service, const std::string& claim) {
  std::string owner;
  each_rival(state.claims(), claim, [&](const Stored<model::Claim>& stored) {
    const model::Claim& held = stored.value;
    if (service_of(held) == service) return;
    owner = held.tenant() == service.tenant
                ? fmt::format("belongs to service {}/{}", held.app(), held.service())
                : std::string("is taken");
  });
  each_rival(state.unreadable(), state.state_keys().claim(claim),
             [&](const Unreadable&) { owner = "is taken"; });
  return owner;
}

void claim_entrances(const State& state, const ServiceRef& service, const model::ServiceSpec& spec,
                     Change& change) {
  model::Claim mine;
  mine.set_tenant(service.tenant);
  mine.set_app(service.app);
  mine.set_service(service.service);
  for (const auto& [name, entry] : claims_of(spec)) {
    const std::string key = state.state_keys().claim(name);
    if (auto held = state.claims().find(name); held != state.claims().end())
      change.guard_unchanged(key, held->second.revision);
    else
      change.replace(key, mine, {});
  }
}

}  // namespace hancock::master
