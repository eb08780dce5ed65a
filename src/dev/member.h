// Members: starting, signalling and looking after single processes of a cluster by what its table says.
//
// The caller holds the cluster's lock and saves the table afterwards.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "dev/cluster.h"
#include "dev/process_table.h"

namespace hancock::dev {

/// Starts it with its arguments, log and namespace; fills in its pid.
Result<void> start_member(const Cluster& cluster, ProcessEntry& entry);

/// Sends a signal. kNotFound when it does not run.
Result<void> signal_member(const ProcessEntry& entry, int number);

/// True once it has ended.
bool wait_for_end(const ProcessEntry& entry, TimePoint deadline);

/// Brings the pids up to date: what has ended loses its pid, what others start is read from their pid files.
void refresh(ProcessTable& table);

}  // namespace hancock::dev
