#include "slardar/balance/balancers.h"

#include "slardar/balance/ewma.h"
#include "slardar/balance/hash_ring.h"
#include "slardar/balance/least_conn.h"
#include "slardar/balance/power_of_two.h"
#include "slardar/balance/round_robin.h"
#include "slardar/lua/lua_record.h"

namespace hancock::slardar {
namespace {

template <class Kind>
std::unique_ptr<Balancer> make() {
  return std::make_unique<Kind>();
}

constexpr BalancerKind kKinds[] = {
    {"rr", HashBy::kNothing, make<RoundRobin>},
    {"wrr", HashBy::kNothing, make<RoundRobin>},
    {"hash", HashBy::kClient, make<HashRing>},
    {"url_hash", HashBy::kUrl, make<HashRing>},
    {"ip_hash", HashBy::kAddress, make<HashRing>},
    {"header_hash", HashBy::kHeader, make<HashRing>},
    {"least_conn", HashBy::kNothing, make<LeastConn>},
    {"p2c", HashBy::kNothing, make<PowerOfTwo>},
    {"ewma", HashBy::kNothing, make<Ewma>},
};

// Who chooses when the code does not.
constexpr BalancerKind kScripted{"balance.", HashBy::kClient, make<RoundRobin>};

}  // namespace

Result<const BalancerKind*> find_balancer(std::string_view name) {
  for (const BalancerKind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  if (is_lua_name(kLuaBalancers, name)) return &kScripted;
  return fail(ErrorCode::kInvalid, "{}: no such balancer", name);
}

}  // namespace hancock::slardar
