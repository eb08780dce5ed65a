// A spec as a request's body: of PUT apps/APP and POST plan.
#pragma once

#include <string>

#include "hancock/spec.pb.h"
#include "master/api/call.h"

namespace hancock::master::api {

/// On a thread of its own: a hostile spec takes long, and the loop has others to serve. Refusals: 400 with
/// every mistake.
io::Async<tl::expected<model::AppSpec, Problem>> load_spec_aside(Call& call, const std::string& body);

/// That the spec's tenant is the query's, if that names one, and exists.
std::optional<Problem> check_tenant(const Call& call, const model::AppSpec& spec);

}  // namespace hancock::master::api
