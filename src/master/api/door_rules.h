// The door's rules: which etcd v3 requests of an Agent go on to the member, and in which words.
//
// An Agent writes below endpoints/<node>/, in transactions that compare the mod_revision of nodes/<node>,
// records of its own Tasks; it reads those and nodes/<node>; all else is refused. What is passed on is
// written anew from what was checked, so that no second reading of the same bytes can differ. Pure; any
// thread. Source of the shapes: etcd's rpc.proto (3.4) as its JSON gateway takes them, keys in base64.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "master/core/state.h"

namespace hancock::master::api {

enum class DoorVerb { kRange, kTransaction };

/// The body to send to the member. Errors: kInvalid for what is no such request, kDenied for what is not the
/// Node's, or not fenced.
Result<std::string> door_request(const State& state, std::string_view node, DoorVerb verb,
                                 std::string_view body);

}  // namespace hancock::master::api
