// Claims: which folder has which index on this machine, so that no two clusters share a name or an address.
//
// A claim is a folder /run/hancock-dev/INDEX with a file `owner` that holds D; the cluster's sockets lie
// there too. Taking and freeing happen under one machine-wide lock. After a restart of the machine /run is
// empty, and so is the rest of what the claims stood for.
#pragma once

#include <filesystem>
#include <optional>

#include "base/error.h"

namespace hancock::dev {

class Claims {
 public:
  /// `root`: another folder in tests.
  explicit Claims(std::filesystem::path root = "/run/hancock-dev") : root_(std::move(root)) {}

  /// A free index, or the one that `dir` has already. The first choice follows from `dir`, so that a folder
  /// mostly gets the same addresses again. Errors: kUnavailable when all are taken.
  Result<int> take(const std::filesystem::path& dir);
  std::optional<int> find(const std::filesystem::path& dir) const;
  /// Who has an index; empty when it is free.
  std::filesystem::path owner(int index) const;
  /// Frees what `dir` has, with the sockets in it; also the root when it is the last.
  Result<void> free(const std::filesystem::path& dir);

 private:
  std::filesystem::path folder(int index) const;
  std::filesystem::path root_;
};

}  // namespace hancock::dev
