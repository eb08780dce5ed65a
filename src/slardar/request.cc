#include "slardar/request.h"

namespace hancock::slardar {

void Request::make_id(uint64_t bits) {
  for (char& c : id) {
    c = "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
}

bool Request::idempotent() const {
  // RFC 9110 section 9.2.2.
  for (const std::string_view method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
    if (head().method == method) return true;
  }
  return false;
}

std::string_view Request::path() const {
  const std::string_view target = head().target;
  if (target == "*") return "/";
  return target.substr(0, target.find('?'));
}

}  // namespace hancock::slardar
