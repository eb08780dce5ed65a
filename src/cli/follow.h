// Follow: waits until what was asked for has happened, and shows how it goes on: the end of a Deployment, or
// a Service whose Tasks are as wanted. Looks at the state again and again, so a lost connection or a new
// leader only delays it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/api.h"
#include "cli/progress.h"
#include "hancock/model.pb.h"
#include "model/names.h"

namespace hancock::cli {

/// Whether nothing of it runs any more.
bool has_ended(const model::Task& task);

/// What one look at a Service came to.
struct Look {
  enum class Outcome { kGoing, kDone, kFailed };
  Outcome outcome = Outcome::kGoing;
  std::string line;  // for people
};

/// Pure: how far a Deployment is, given the Service's Tasks.
Look look_at(const model::Deployment& deployment, const std::vector<model::Task>& tasks);
/// Pure: whether a Service without a Deployment runs what is wanted of it.
Look look_at(const model::Service& service, const std::vector<model::Task>& tasks);

/// One subject to wait for.
struct Followed {
  model::ServiceRef service;
  std::string deployment;  // "": the Service's Tasks
  enum class Until { kSettled, kGone } until = Until::kSettled;
};

/// Waits for all of them. kFailed when one failed; kTimeout at the deadline, kNoMaster when none answers for
/// a minute.
io::Async<ExitCode> follow(Api& api, const std::vector<Followed>& followed, Progress& progress,
                           TimePoint deadline);

}  // namespace hancock::cli
