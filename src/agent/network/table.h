// Table: the Node's nftables table, kept as it is to be.
//
// Blocks; one thread, that of its Nft. Every change is made in the kernel as one transaction; where the
// kernel holds something else than was thought, the whole table is replaced, in one transaction too.
#pragma once

#include "agent/network/nft.h"
#include "agent/network/ruleset.h"

namespace hancock::agent {

class Table {
 public:
  /// Makes it what `wanted` says. The first time this replaces what an earlier Agent left.
  Result<void> apply(Ruleset wanted);
  /// Compares with the kernel and repairs. True: something had been changed by somebody.
  Result<bool> mend();
  /// Takes the table away.
  Result<void> remove();

 private:
  Result<void> replace();

  Nft nft_;
  Ruleset rules_;
  bool settled_ = false;  // the kernel has taken rules_
  std::string frame_;     // what the chains look like when listed; "" before they were first listed
};

}  // namespace hancock::agent
