// The table of balancers: name -> kind. Values only; any thread.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "slardar/balance/balancer.h"

namespace hancock::slardar {

struct BalancerKind {
  std::string_view name;
  std::unique_ptr<Balancer> (*make)();
};

/// Errors: kUnsupported for the names that the contract has and we have not yet, kInvalid for all others.
/// The kind lives for ever.
Result<const BalancerKind*> find_balancer(std::string_view name);

}  // namespace hancock::slardar
