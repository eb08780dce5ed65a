// evidence: how a new Version does beside the one that serves, by what gateways have counted of both since
// they share the visitors (registry/answers.h). Pure; any thread.
//
// Only what speaks against a Version is found here; that nothing does may also mean that hardly anybody came.
// A bound counts as broken when it is by more than chance explains, so that a few requests more or less
// condemn nobody: beyond what the bound allows, by three standard deviations of that.
#pragma once

#include <optional>
#include <string>

#include "hancock/spec.pb.h"
#include "master/core/refs.h"
#include "master/core/state.h"
#include "registry/answers.h"

namespace hancock::master {

struct EvidenceBounds {
  double max_5xx_percent = 0;  // 0..100, above the share that the serving Version has
  double max_p99_ratio = 1;    // of the serving Version's; 1 and more, kAnyRatio: latency is not judged
  uint64_t min_requests = 1;   // before anything is concluded
};
inline constexpr double kAnyRatio = 1000;
EvidenceBounds evidence_bounds(const model::UpdateSpec& update);

/// Of each Version, from all gateways.
registry::AnswersByVersion answers_of(const State& state, const ServiceRef& service);

/// What speaks against Version `judged` beside Version `serving` (0: none): "5xx 10.2 % of 412 requests, the
/// old Version 0.1 %".
std::optional<std::string> objection_to(uint32_t judged, uint32_t serving,
                                        const registry::AnswersByVersion& answers,
                                        const EvidenceBounds& bounds);

}  // namespace hancock::master
