// SnapshotFile: the Registry's last good records on disk, for a start while etcd is away.
//
// JSON:
// {"format":2,"epoch":N,"revision":N,"known_at":"2026-01-31T08:15:30.250Z","records":[{"key","value"}]};
// written by rename and synced, so that a reader, a crash or a power cut leaves the old or the new one. Any
// thread, one at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "registry/records.h"

namespace hancock::slardar {

struct SavedRecords {
  registry::Position position;
  WallTime known_at;                                         // when they were known to be the Registry's last
  std::vector<std::pair<std::string, std::string>> records;  // key, text
};

/// Deletes what saves left beside `path` that did not come to their end.
void remove_unfinished(const std::filesystem::path& path);
Result<void> save_records(const std::filesystem::path& path, const SavedRecords& saved);
/// Errors: kNotFound, kInvalid when it is none of ours.
Result<SavedRecords> load_records(const std::filesystem::path& path);

}  // namespace hancock::slardar
