// Failure: why a visitor got an answer of the gateway's own instead of a peer's: one code for each reason,
// the same in X-Slardar-Error, in the log and in the label `error`. Values only; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace hancock::slardar {

enum class Failure {
  kNone,
  kNoRoute,         // no record claims this host and path, or this port
  kNoPeer,          // a route, but no usable peer behind it
  kStale,           // the snapshot is too old to be trusted
  kBadRequest,      // breaks RFC 9110/9112, or is ambiguous
  kBodyTooLarge,    // past a limit on the request body
  kHeadTooLarge,    // head, target or number of fields past the limit
  kLimited,         // rate or concurrency limit of the route
  kConnectFailed,   // every try was refused or unreachable
  kConnectTimeout,  // the last try did not connect in time
  kHeadTimeout,     // the head did not come in time: the visitor's (408) or the peer's (504)
  kIdleTimeout,     // a body stalled
  kBadResponse,     // the peer's answer breaks RFC 9112
  kPeerClosed,      // the peer went away before its answer was complete
  kScriptError,     // hot code failed
  kDraining,        // this gateway is going away
};
inline constexpr size_t kFailures = static_cast<size_t>(Failure::kDraining) + 1;

/// "no_route", "no_peer", …; "" for kNone. These names are fixed (docs/slardar.md).
std::string_view to_string(Failure failure);

/// The status that a visitor sees for it.
int status_of(Failure failure);

/// It is the servers' doing: they are not there, or do not answer as they should.
bool is_of_server(Failure failure);

/// Why a head with that status of its ParseError is refused.
Failure failure_of_head(int status);

}  // namespace hancock::slardar
