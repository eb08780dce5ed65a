// Write: what every request that changes something shares: decide, commit, remember the answer under the
// client's Idempotency-Key in the same transaction, answer with the index.
//
// Loop's thread only.
#pragma once

#include <functional>

#include "master/api/call.h"
#include "master/core/requests.h"

namespace hancock::master::api {

/// What a request decided: the Changes and the answer's body without its index.
struct Decided {
  std::vector<Change> changes;
  std::string body = "{}";
};
using DecideRequest = std::function<RequestResult<Decided>(const State&)>;

/// Answers the call. `body` is what the client sent: a key that comes again with another request is refused.
io::Async<void> write(Call& call, std::string body, DecideRequest decide);

/// What needs nothing said but its index.
RequestResult<Decided> as_decided(RequestResult<std::vector<Change>> changes);
/// Reads a body that must be empty, or `{}`, and writes.
using DecideChanges = std::function<RequestResult<std::vector<Change>>(const State&, WallTime)>;
io::Async<void> write_without_body(Call& call, DecideChanges decide);

/// How errors of the core stand in an answer.
Problem problem_of(const std::vector<RequestError>& errors);

}  // namespace hancock::master::api
