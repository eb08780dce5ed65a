#include "slardar/balance/balancers.h"

#include <algorithm>

#include "slardar/balance/round_robin.h"

namespace hancock::slardar {
namespace {

constexpr BalancerKind kKinds[] = {
    {"rr", [] { return std::unique_ptr<Balancer>(new RoundRobin); }},
    {"wrr", [] { return std::unique_ptr<Balancer>(new RoundRobin); }},
};
constexpr std::string_view kLater[] = {"hash",       "url_hash", "ip_hash", "header_hash",
                                       "least_conn", "p2c",      "ewma"};

}  // namespace

Result<const BalancerKind*> find_balancer(std::string_view name) {
  for (const BalancerKind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  if (std::find(std::begin(kLater), std::end(kLater), name) != std::end(kLater))
    return fail(ErrorCode::kUnsupported, "{}: not supported yet", name);
  return fail(ErrorCode::kInvalid, "{}: no such balancer", name);
}

}  // namespace hancock::slardar
