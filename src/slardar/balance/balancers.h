// The table of balancers: name -> kind. Values only; any thread.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "slardar/balance/balancer.h"

namespace hancock::slardar {

/// What of a request its key is made of (http/exchange.cc); of a TCP stream it always is the address.
enum class HashBy {
  kNothing,
  kClient,   // whom a sticky route knows, else the URL
  kUrl,      // path and query
  kAddress,  // the visitor's IP
  kHeader,   // X-Hash-Key, else the URL
};

struct BalancerKind {
  std::string_view name;
  HashBy hash_by;
  std::unique_ptr<Balancer> (*make)();
};

/// kInvalid when there is no such kind. The kind lives for ever. "balance.NAME" is one that asks the code of
/// that name first (lua/balance_scripts.h), whether it is there now or not.
Result<const BalancerKind*> find_balancer(std::string_view name);

}  // namespace hancock::slardar
