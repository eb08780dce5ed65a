// why: how a Task or a Service stands, and the decisions and facts that led there, for people: from the State
// and the Events that it still holds. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "master/core/contacts.h"
#include "master/core/state.h"

namespace hancock::master {

struct Asked {
  const State& state;
  const Contacts* contacts = nullptr;  // null: nobody leads here
  TimePoint now;
  WallTime wall;
};

/// Also of a Task that is known from Events only; nullopt: never heard of, or long gone.
std::optional<model::Why> why_task(const Asked& asked, std::string_view task);

/// `waiting`: what the reconciler says that the Service waits for.
std::optional<model::Why> why_service(const Asked& asked, const ServiceRef& ref, const std::string& waiting);

}  // namespace hancock::master
