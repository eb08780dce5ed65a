// StateFile: what the admin API has changed of what the configuration says, on disk (--state), for a gateway
// without etcd.
//
// JSON:
// {"format":1,"revision":N,"changes":[{"key":"upstreams/shop","value":"{…}"},{"key":"upstreams/old","value":null}]};
// null: taken away. Written by rename and synced, so that a reader, a crash or a power cut leaves the old or
// the new one. Who changes it has its StateLock. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "store/store.h"

namespace hancock::slardar {

struct SavedChanges {
  store::Revision revision;                                  // of the last change
  std::map<std::string, std::optional<std::string>> values;  // by the key behind the Registry's prefix
};

/// Lets `edit` change what stands there. Errors: those of load_changes() but kNotFound, and the disk's:
/// nothing is changed then, unless it is kUnavailable: it stands there, but may be gone after a power cut.
Result<void> edit_changes(const std::filesystem::path& path, const std::function<void(SavedChanges&)>& edit);
/// Errors: kNotFound; kInvalid when it is none of ours, or holds what could not be served: "FILE:
/// changes[2].value: …".
Result<SavedChanges> load_changes(const std::filesystem::path& path);

/// Another one whenever the file was changed; of none zeros.
using FileStamp = std::array<int64_t, 2>;
FileStamp stamp_of(const std::filesystem::path& path);

}  // namespace hancock::slardar
