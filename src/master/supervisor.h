// The supervisor: `hancock master` itself. Starts an etcd member and the brain, keeps each alone running, and
// ends the brain, then etcd, on SIGTERM or SIGINT.
//
// Runs on the thread that calls it, until the end. It decides nothing and serves nothing, so that nothing in
// it can fail for a reason that lies in the cluster.
#pragma once

#include "base/error.h"
#include "master/options.h"

namespace hancock::master {

/// Runs until a signal ends it. Errors: kInvalid and kConflict for what it was told, before anything was
/// started.
Result<void> run_supervisor(MasterOptions given);

}  // namespace hancock::master
