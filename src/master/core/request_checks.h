// What owners' writes look at first, and how they refuse. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "master/core/requests.h"

namespace hancock::master {

tl::unexpected<std::vector<RequestError>> refuse(RequestError error);
/// kConflict: it is not in a state for that.
tl::unexpected<std::vector<RequestError>> refuse_now(std::string message);

/// The named Service, or all of the App when `ref.service` is ""; an error when there is none.
RequestResult<std::vector<ServiceRef>> targets(const State& state, const ServiceRef& ref);
/// A Service that is there to stay, or why it cannot be written.
RequestResult<const Stored<model::Service>*> target(const State& state, const ServiceRef& ref);

}  // namespace hancock::master
