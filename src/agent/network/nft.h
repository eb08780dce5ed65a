// Nft: the kernel's nftables through libnftables, in the network namespace of the thread that uses it.
//
// One thread: libnftables keeps its state in the context. Each run() is one transaction.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"

struct nft_ctx;

namespace hancock::agent {

class Nft {
 public:
  Nft();
  ~Nft();
  Nft(const Nft&) = delete;
  Nft& operator=(const Nft&) = delete;

  /// All of `commands` or none. Errors: kConflict (an element is there already), kNotFound, kDenied,
  /// kInternal.
  Result<void> run(const std::string& commands);
  /// What a list command says, as JSON.
  Result<std::string> list(const std::string& command);

 private:
  Result<std::string> execute(const std::string& commands, unsigned output_flags);

  nft_ctx* context_;
};

}  // namespace hancock::agent
