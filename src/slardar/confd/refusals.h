// Refusals: which records of the Registry are not served, and why. Bounded,
// whatever stands in a record: reasons go to the log, the status page and, the
// most important ones, into the gateway's own record. Pure.
#pragma once

#include <map>
#include <string>

#include "registry/keys.h"

namespace hancock::slardar {

/// Key -> why it was refused.
using Refusals = std::map<std::string, std::string>;

inline constexpr size_t kReasonBytesMax = 200;
inline constexpr size_t kListedMax = 100;

/// At most kReasonBytesMax bytes of it and "…", never half a character.
std::string shortened(std::string reason);

/// At most kListedMax of them: first what the leader writes and waits for, then
/// what operators do.
Refusals listed(const Refusals& all, const registry::Keys& keys);

}  // namespace hancock::slardar
