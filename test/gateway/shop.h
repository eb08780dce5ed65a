// Shop: a RealGateway that answers for shop.test, by the Task "t1" and the peer "web".
#pragma once

#include "real_gateway.h"

namespace hancock::slardar::testing {

inline std::string upstream_text(uint16_t port) {
  return R"({"servers":[{"host":"127.0.0.1","port":)" + std::to_string(port) + "}]}";
}

struct Shop : RealGateway {
  explicit Shop(size_t members = 1) : RealGateway(members) {
    put(route_of("web", {"shop.test"}));
    put(endpoint);
  }
  std::string body() { return get("shop.test", "/").body; }
  bool is_ready() { return admin("/readyz").status == 200; }
  bool has_applied(store::Revision revision) {
    const auto said = record();
    return said && said->applied.revision >= revision;
  }
  uint16_t port = named_peer("web").port();
  registry::Endpoint endpoint = endpoint_of("web", "t1", port);
};

}  // namespace hancock::slardar::testing
