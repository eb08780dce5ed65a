// Up: brings a cluster up in a folder, from nothing to every Node ready and every gateway serving.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "dev/cluster.h"
#include "dev/interrupt.h"

namespace hancock::dev {

struct UpOptions {
  std::filesystem::path dir;  // absolute, without links; made when missing
  ClusterShape shape;
  Duration timeout = std::chrono::minutes(2);      // until all is ready
  std::function<void(const std::string&)> report;  // one line a step, for people
};

/// The verb. What fails half-way is taken down again, its logs are kept. Remains of a cluster that lives no
/// more are removed first. Errors: kInvalid (shape), kUnsupported, kConflict (a live cluster, another command
/// at work), kUnavailable (the machine lacks something: all of it named), kTimeout, kCancelled (interrupt).
Result<Cluster> up(const UpOptions& options, Interrupt& interrupt);

/// Stays until an interrupt, or until somebody else took the cluster down. Reaps what ends and reports it.
void stay(const Cluster& cluster, Interrupt& interrupt,
          const std::function<void(const std::string&)>& report);

}  // namespace hancock::dev
