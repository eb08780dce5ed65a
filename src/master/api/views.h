// Views: the State's records as the API shows them: the record itself, and what is worked out for readers.
//
// Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "master/core/state.h"
#include "model/spec_diff.h"

namespace hancock::master::api {

/// The record, `image` of its newest Version, `tasks` and `ready` (counts of live ones), `waiting` (why it is
/// not where it should be, "").
std::string service_view(const State& state, const Stored<model::Service>& service,
                         const std::string& waiting);
/// The record and `services`: its Services' views.
std::string app_view(const Stored<model::App>& app, const std::vector<std::string>& services);
/// The record, with `used` filled in.
std::string node_view(const State& state, const Stored<model::Node>& node);

/// `{"field","from","to"}`, comma-separated.
std::string items_of_diff(const std::vector<model::SpecChange>& changes);

/// What the live Tasks on it have reserved.
model::NodeResources used_on(const State& state, const std::string& node);

}  // namespace hancock::master::api
