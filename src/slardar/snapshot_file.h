// SnapshotFile: the Registry's last good records on disk, for a start while etcd is away.
//
// JSON: {"format":1,"epoch":N,"revision":N,"records":[{"key","value"}]}; written by rename, so that a reader
// or a crash sees the old or the new one. Any thread, one at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "registry/records.h"

namespace hancock::slardar {

struct SavedRecords {
  registry::Position position;
  std::vector<std::pair<std::string, std::string>> records;  // key, text
};

Result<void> save_records(const std::filesystem::path& path, const SavedRecords& saved);
/// Errors: kNotFound, kInvalid when it is none of ours.
Result<SavedRecords> load_records(const std::filesystem::path& path);

}  // namespace hancock::slardar
