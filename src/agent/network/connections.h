// Connections that the kernel tracks (conntrack): cut when the Task that they lead to has gone. Blocks, at
// most some seconds; any thread.
#pragma once

#include <string>
#include <vector>

#include "agent/network/ruleset.h"

namespace hancock::agent {

/// Those through the host ports to `address`, and those from it. What cannot be cut is said and lived with.
void forget_connections(const std::string& address, const std::vector<PublishedPort>& ports);

}  // namespace hancock::agent
