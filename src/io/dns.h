// resolve_name: the addresses of a host name and for how long they hold: from /etc/hosts, or by DNS (c-ares,
// as /etc/resolv.conf has it).
//
//   ResolveOptions options;
//   Result<ResolvedName> found = resolve_name("db.internal", options);   // in a thread that may wait
//
// Any thread; it blocks, so a loop asks by its ThreadPool.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/address.h"

namespace hancock::io {

struct ResolvedName {
  std::vector<Address> addresses;  // without a port, sorted; at least one
  std::chrono::seconds ttl{0};     // the shortest of them; 0: nobody says
};

struct ResolveOptions {
  std::string servers;    // "10.0.0.1,10.0.0.2:5353"; "": those of /etc/resolv.conf
  Duration timeout = 1s;  // of one try with one server; the second has twice as long
  int tries = 2;
  std::shared_ptr<const std::atomic<bool>> stop;  // true: nobody waits for it any more
};

/// The IPv4 addresses; of who has none, the IPv6 ones. Errors: kNotFound (no such name, or without an
/// address), kTimeout, kCancelled (stop), kUnavailable, naming it.
Result<ResolvedName> resolve_name(const std::string& name, const ResolveOptions& options);

}  // namespace hancock::io
