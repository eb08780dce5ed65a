// FolderLock: an exclusive lock on a file that may itself be removed by who holds it. Held for its lifetime;
// the kernel drops it when the process ends, however it ends. Children do not inherit it.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace hancock::dev {

class FolderLock {
 public:
  /// Waits until `deadline`. Errors: kConflict naming the file, when another holds it that long.
  static Result<FolderLock> acquire(const std::filesystem::path& file, TimePoint deadline);

 private:
  explicit FolderLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace hancock::dev
