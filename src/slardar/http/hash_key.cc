#include "slardar/http/hash_key.h"

#include "slardar/routing/sticky.h"

namespace hancock::slardar {

uint64_t hash_key_of(const Request& request, HashBy by) {
  if (by == HashBy::kNothing) return 0;
  if (by == HashBy::kAddress) return hash_of_client(request.visitor_ip);
  if (by == HashBy::kClient && request.route.client) return *request.route.client;
  if (by == HashBy::kHeader) {
    if (const auto value = request.head().get("x-hash-key")) return hash_of_client(*value);
  }
  return hash_of_client(request.head().target);
}

}  // namespace hancock::slardar
