// Events as the core makes them: without id and number, which the committer gives. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "hancock/model.pb.h"
#include "master/core/refs.h"

namespace hancock::master {

/// `kind` is noun.verb: "task.failed". Filled in with all that the record says of itself, its message too.
model::Event event_of(std::string_view kind, const model::Task& task, WallTime wall);
model::Event event_of(std::string_view kind, const model::Deployment& deployment, WallTime wall);
model::Event event_of(std::string_view kind, const model::Node& node, WallTime wall);
model::Event event_of(std::string_view kind, const model::Site& site, std::string_view cause,
                      std::string_view message, WallTime wall);
model::Event event_of(std::string_view kind, const ServiceRef& service, WallTime wall,
                      std::string_view message = {});

}  // namespace hancock::master
