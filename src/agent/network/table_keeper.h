// TableKeeper: sees to it that the Node's nftables table stays what it is to be: mended as soon as the kernel
// tells that somebody has changed it, and compared as a whole from time to time.
//
// Loop's thread.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "agent/network/node_network.h"

namespace hancock::agent {

class TableKeeper {
 public:
  /// `changed` is called when problem() has changed.
  TableKeeper(io::Loop& loop, NodeNetwork& network, std::function<void()> changed)
      : loop_(loop), network_(network), changed_(std::move(changed)) {}

  /// As NodeNetwork::set_up(); what fails is a problem, and tried again by run().
  io::Async<void> set_up(std::set<std::string> closed);
  /// Until destroyed.
  io::Async<void> run();

  /// Why the table is not as it is to be, for people; "" when it is.
  const std::string& problem() const { return problem_; }

 private:
  io::Async<void> mend();
  void note(std::string problem);

  io::Loop& loop_;
  NodeNetwork& network_;
  std::function<void()> changed_;
  std::string problem_;
};

}  // namespace hancock::agent
