// CheckKind: one way of asking a server whether it is well: what is asked (a target), by what rules (an
// upstream's options), and what a good answer tells. A file each: tcp_check.cc, http_check.cc, …; the table
// is checks.h.
//
// A check opens a connection of its own, always a new one, and leaves nothing behind. It is a coroutine of
// the control thread's loop, may be destroyed wherever it waits, and keeps target and options borrowed.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "io/address.h"
#include "io/async.h"
#include "slardar/check/check_options.h"
#include "slardar/tls/peer_tls.h"

namespace hancock::slardar {

struct CheckTarget {
  io::Address address;
  PeerTlsPtr tls;  // nullptr: in plain
};

/// What is known of a server that answered well.
struct CheckFacts {
  std::string unstable;  // why it is bad, but still of use; "": it is not
  std::string redis_version;
  std::map<std::string, std::string> replication;  // of redis: role, master_host, …
};

/// An error's message is the reason that people read. kInternal: the check itself is at fault, and says
/// nothing about the server.
using CheckRun = std::function<io::Async<Result<CheckFacts>>(
    io::Loop& loop, const CheckTarget& target, const CheckOptions& options, TimePoint deadline)>;

}  // namespace hancock::slardar
