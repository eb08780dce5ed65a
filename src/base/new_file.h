// NewFile: what is to stand in a file's place, written beside it and then renamed over it: a reader, or a
// crash, sees the old or the new, never half.
//
//   NewFile file(path, 0644);
//   file.write(content); file.sync(); file.put_in_place();     // each a Result
//   sync_folder(path.parent_path());                           // now it survives a power cut
//
// Several files' steps may be taken in turns, so that one commit of the file system's journal serves them
// all. One that is not put in place is gone with the object. Blocks for as long as the disk takes; any one
// thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/unique_fd.h"

namespace hancock {

class NewFile {
 public:
  /// Stands beside `path`, whose folder is there.
  NewFile(std::filesystem::path path, mode_t mode);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  /// Once.
  Result<void> write(std::string_view content);
  Result<void> sync();
  /// Last.
  Result<void> put_in_place();

  /// Written by somebody who was killed before it was put in place.
  static bool is_left_over(const std::filesystem::path& path) { return path.extension() == ".new"; }

 private:
  const std::filesystem::path path_;
  const std::string beside_;
  const mode_t mode_;
  UniqueFd file_;
  bool is_beside_ = false;
};

/// What was renamed or removed in it survives a power cut.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace hancock
