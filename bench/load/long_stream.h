// LongStream: a WebSocket that stays: it says something now and then, hears it back, and begins anew when it
// has ended. Through a gateway's HTTP entrance, or as a stream of bytes through its TCP one.
//
// Loop's thread only.
#pragma once

#include <string>
#include <vector>

#include "load/gateway.h"
#include "load/ledger.h"

namespace hancock::load {

class LongStream {
 public:
  /// `first`: the gateway that it comes to first. What is borrowed outlives run().
  LongStream(io::Loop& loop, const Options& options, std::vector<Gateway>& gateways, Ledger& ledger,
             StreamKind kind, size_t first)
      : loop_(loop), options_(options), gateways_(gateways), ledger_(ledger), kind_(kind), gateway_(first) {}

  /// Never ends; where it waits it may be destroyed.
  io::Async<void> run();

 private:
  size_t choices() const { return kind_ == StreamKind::kTcp ? options_.tcp.size() : gateways_.size(); }
  const io::Address& address() const;
  io::Async<void> live_once();
  io::Async<std::string> talk(Connection& connection);
  io::Async<std::string> echo(Connection& connection, std::string said);

  io::Loop& loop_;
  const Options& options_;
  std::vector<Gateway>& gateways_;
  Ledger& ledger_;
  StreamKind kind_;
  size_t gateway_;
};

}  // namespace hancock::load
