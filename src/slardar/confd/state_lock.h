// StateLock: which of several processes may change a state file. Held through FILE.lock, whose lock the
// kernel takes from a process that ends, however it does. One thread.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/unique_fd.h"

namespace hancock::slardar {

class StateLock {
 public:
  /// Of the state file of that name.
  explicit StateLock(const std::filesystem::path& state) : path_(state.string() + ".lock") {}

  bool held() const { return static_cast<bool>(file_); }
  /// False: another process holds it. Errors: the disk's.
  Result<bool> try_take();
  void give_up() { file_.reset(); }

 private:
  const std::filesystem::path path_;
  UniqueFd file_;
};

}  // namespace hancock::slardar
