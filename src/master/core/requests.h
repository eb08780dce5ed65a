// Owners' writes, decided: what each one changes, or every reason why not. Pure; any thread.
//
// Changes are to be committed in order; each prefix of them is a valid state. When one's guards do not hold,
// ask again with the State after it: what is done already is not done again. No Changes: nothing is to be
// done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "hancock/spec.pb.h"
#include "master/core/change.h"
#include "master/core/refs.h"
#include "master/core/state.h"

namespace hancock::master {

/// One entry of an answer's "errors".
struct RequestError {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;
  std::string field;  // "services.web.routes[0].hosts[0]"
  std::string value;
  std::string allowed;
};
template <class T>
using RequestResult = tl::expected<T, std::vector<RequestError>>;

struct ServiceOutcome {
  std::string service;
  uint32_t version = 0;    // the newest
  std::string deployment;  // that brings it there; "": nothing needs one
};

struct DeployOutcome {
  std::vector<Change> changes;
  ServiceOutcome service;
};

struct ApplyOutcome {
  std::vector<Change> changes;
  std::vector<ServiceOutcome> services;  // of the spec, by name
};

/// PUT apps/APP. `spec` is complete (model::load_spec). Errors: kConflict for an entrance that another
/// Service has, kUnavailable for a record that cannot be read.
RequestResult<ApplyOutcome> apply_spec(const State& state, const model::AppSpec& spec, WallTime wall,
                                       Random& random);

/// POST …/scale. Starts a stopped Service. Errors: kNotFound, kInvalid.
RequestResult<std::vector<Change>> scale(const State& state, const ServiceRef& service, int64_t replicas,
                                         WallTime wall);

/// POST …/stop and DELETE: of one Service, or of all of an App when `service.service` is "". Stopped: no
/// Tasks, all else is kept. Removed: it goes for good when its last Task has gone. Errors: kNotFound.
RequestResult<std::vector<Change>> stop(const State& state, const ServiceRef& service, WallTime wall);
RequestResult<std::vector<Change>> remove(const State& state, const ServiceRef& service, WallTime wall);

/// POST …/rollback: back to `version`; 0: to the one that served before. As long as the old one serves still,
/// or its Tasks only drain, no Task has to start. Errors: kNotFound, kConflict.
RequestResult<DeployOutcome> rollback(const State& state, const ServiceRef& service, uint32_t version,
                                      WallTime wall, Random& random);

/// POST …/restart: new Tasks in the place of those that run: the same spec as a new Version. Errors:
/// kNotFound, kConflict (it does not run, or is being deployed).
RequestResult<DeployOutcome> restart(const State& state, const ServiceRef& service, WallTime wall,
                                     Random& random);

/// POST …/promote: the running canary takes over. Errors: kNotFound, kConflict (there is none).
RequestResult<DeployOutcome> promote(const State& state, const ServiceRef& service, WallTime wall);

/// POST nodes/N/drain: nothing is placed there any more, and its Tasks leave when others serve in their
/// place; once `within` has passed, without waiting for that. POST nodes/N/undrain: they stay. Errors:
/// kNotFound.
RequestResult<std::vector<Change>> drain_node(const State& state, const std::string& node,
                                              std::optional<Duration> within, WallTime wall);
RequestResult<std::vector<Change>> undrain_node(const State& state, const std::string& node, WallTime wall);

/// POST sites/SITE/thaw: what was lost at a frozen Site is replaced again, until more Nodes fall silent.
/// Errors: kNotFound.
RequestResult<std::vector<Change>> thaw(const State& state, const std::string& site, WallTime wall);

/// kConflict when an owner has changed `app` after revision `index` (as an earlier answer gave it).
std::optional<RequestError> check_index(const State& state, const AppRef& app, int64_t index);

inline constexpr int64_t kReplicasMax = 10'000;

}  // namespace hancock::master
