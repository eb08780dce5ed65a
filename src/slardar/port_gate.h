// PortGate: keeps ports that cannot be bound out of a snapshot, so that one busy port harms nothing else.
//
// A port that is new is bound once without sharing, which fails when anybody else listens there (also another
// gateway that would share it silently), and closed again; then the workers bind it together. Control thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "io/loop.h"
#include "slardar/snapshot.h"

namespace hancock::slardar {

class PortGate {
 public:
  PortGate(io::Loop& loop, std::string bind_ip) : loop_(loop), bind_ip_(std::move(bind_ip)) {}

  /// Takes TCP entrances out whose port is busy, and lists their records as refused.
  void filter(Snapshot& snapshot);
  /// A worker could not bind a port after all: it is looked at again with the next snapshot.
  void failed(uint16_t port, std::string why);
  /// Some port was refused: build again after a while.
  bool any_blocked() const { return !blocked_.empty(); }

 private:
  io::Loop& loop_;
  const std::string bind_ip_;
  std::set<uint16_t> open_;
  std::map<uint16_t, std::string> blocked_;
};

/// Binds without sharing and closes again: the address, with the port that the kernel chose for 0.
Result<io::Address> probe_address(io::Loop& loop, const io::Address& address);

}  // namespace hancock::slardar
