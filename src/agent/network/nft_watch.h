// NftWatch: waits until somebody else changes the Node's nftables table, by the kernel's own word.
//
// Loop's thread; of the network namespace that it was opened in.
#pragma once

#include <memory>

#include "agent/network/nft_events.h"
#include "io/async.h"
#include "io/descriptor.h"

namespace hancock::agent {

class NftWatch {
 public:
  /// Errors: the kernel gives no such socket.
  static Result<std::unique_ptr<NftWatch>> open(io::Loop& loop);
  NftWatch(io::Loop& loop, UniqueFd socket);

  /// True: it was changed (or it may have been, for messages were lost). False: not before `deadline`.
  io::Async<Result<bool>> changed(TimePoint deadline);

 private:
  io::Descriptor descriptor_;
  NftEvents events_;
};

}  // namespace hancock::agent
