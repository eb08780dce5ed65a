#include "master/core/round.h"

namespace hancock::master {

const std::set<std::string>& Round::claims_of(const ServiceRef& service) {
  if (!claims) {
    claims.emplace();
    for (const auto& [name, claim] : state.claims()) (*claims)[service_of(claim.value)].insert(name);
  }
  return (*claims)[service];
}

}  // namespace hancock::master
