// PortGate: keeps ports that cannot be bound out of a snapshot, so that one busy port harms nothing else.
//
// A port that is new is bound once without sharing, which fails when anybody else listens there (also another
// gateway that would share it silently), and closed again; then the workers bind it together. One that a
// worker could not bind is taken out again, and looked at anew when every worker has let go of it. Control
// thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "io/loop.h"
#include "slardar/routing/snapshot.h"

namespace hancock::slardar {

class PortGate {
 public:
  PortGate(io::Loop& loop, std::string bind_ip) : loop_(loop), bind_ip_(std::move(bind_ip)) {}

  /// Takes TCP entrances out whose port is busy, and lists their records as refused. Every worker serves from
  /// snapshot number `applied` or a later one.
  void filter(Snapshot& snapshot, uint64_t applied);
  /// Nothing is looked at before inherit(): the ports are another process's, of this same gateway.
  void wait_to_inherit() { waits_ = true; }
  /// These are open already, and ours.
  void inherit(std::set<uint16_t> ports);
  /// A worker could not bind a port after all. True: that is new, so build again.
  bool failed(uint16_t port, std::string why);
  /// Some port was refused: build again after a while.
  bool any_blocked() const { return !blocked_.empty(); }

 private:
  std::optional<std::string> why_not(uint16_t port) const;

  io::Loop& loop_;
  const std::string bind_ip_;
  bool waits_ = false;
  std::set<uint16_t> open_;  // in the last snapshot
  std::map<uint16_t, uint64_t>
      closing_;  // out since that snapshot; until all have applied it, a worker may hold it
  std::map<uint16_t, std::string> blocked_;  // wanted by the last snapshot, but refused
  std::map<uint16_t, std::string> failed_;   // of open_, since the last snapshot
};

/// Binds without sharing and closes again: the address, with the port that the kernel chose for 0.
Result<io::Address> probe_address(io::Loop& loop, const io::Address& address);

}  // namespace hancock::slardar
