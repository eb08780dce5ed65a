#include "slardar/confd/refusals.h"

namespace hancock::slardar {

std::string shortened(std::string reason) {
  if (reason.size() <= kReasonBytesMax) return reason;
  size_t end = kReasonBytesMax;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80) --end;
  reason.resize(end);
  return reason + "…";
}

Refusals listed(const Refusals& all, const registry::Keys& keys) {
  if (all.size() <= kListedMax) return all;
  const auto is_leaders = [&](const std::string& key) {
    for (const std::string& prefix : {keys.barriers(), keys.endpoints(), keys.nodes(), keys.routes()}) {
      if (key.starts_with(prefix)) return true;
    }
    return false;
  };
  Refusals chosen;
  for (const bool leaders : {true, false}) {
    for (const auto& [key, why] : all) {
      if (chosen.size() == kListedMax) return chosen;
      if (is_leaders(key) == leaders) chosen.emplace(key, why);
    }
  }
  return chosen;
}

}  // namespace hancock::slardar
