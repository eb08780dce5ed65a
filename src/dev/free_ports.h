// Free ports: one for each service of a cluster, free on all addresses where that service will listen.
#pragma once

#include "base/error.h"
#include "dev/cluster.h"

namespace hancock::dev {

/// Begins with the usual ones and goes up where something on the machine listens on every address; all stay
/// below 32768, where the kernel's own choices begin. The addresses must exist. kUnavailable when there is
/// none.
Result<ServicePorts> choose_ports(const Cluster& cluster);

}  // namespace hancock::dev
