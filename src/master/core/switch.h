// The switch of a Deployment, and the way back: one Change that moves the route, the Service's Version and
// the barrier together. Old Tasks that have no room in it follow in later rounds, by the same barrier. Pure.
#pragma once

#include <string>
#include <string_view>

#include "master/core/deploy_checks.h"
#include "master/core/service_draft.h"

namespace hancock::master {

/// All visitors to to_version. Phase switch; drain at once where no gateway is concerned.
void switch_over(ServiceDraft& draft, const DeploymentView& view);

/// The barrier's record is gone (not by us): a new one, and wait for that.
void switch_again(ServiceDraft& draft, const DeploymentView& view);

/// A gateway refused: visitors back to from_version, whose Tasks are still there; the new ones leave by a
/// barrier of their own; the Deployment has ended.
void switch_back(ServiceDraft& draft, const DeploymentView& view, std::string_view cause,
                 std::string message);

}  // namespace hancock::master
