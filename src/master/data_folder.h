// DataFolder: a Master's folder, held by one supervisor at a time, and what lies where in it.
//
// The lock is the kernel's and goes with the process, however it ends; children do not inherit it. One owner.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/unique_fd.h"

namespace hancock::master {

/// What lies where below DATA.
struct DataPaths {
  std::filesystem::path data;

  std::filesystem::path lock() const { return data / "lock"; }
  std::filesystem::path etcd() const { return data / "etcd"; }
  std::filesystem::path etcd_log() const { return data / "etcd.log"; }
  std::filesystem::path etcd_pid() const { return data / "etcd.pid"; }
  std::filesystem::path brain_pid() const { return data / "brain.pid"; }
  std::filesystem::path api_address() const { return data / "api.address"; }  // that the brain bound
  std::filesystem::path operator_token() const { return data / "operator.token"; }
  std::filesystem::path agent_token() const { return data / "agent.token"; }
};

class DataFolder {
 public:
  /// Makes the folder (0700) when it is missing, and locks it. Errors: kConflict when another Master runs
  /// there.
  static Result<DataFolder> open(const std::filesystem::path& data);

  const DataPaths& paths() const { return paths_; }

 private:
  DataFolder(DataPaths paths, UniqueFd lock) : paths_(std::move(paths)), lock_(std::move(lock)) {}
  DataPaths paths_;
  UniqueFd lock_;
};

}  // namespace hancock::master
