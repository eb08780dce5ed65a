#include "agent/journal_files.h"

#include <unistd.h>

#include <cerrno>
#include <list>

#include "base/new_file.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0644;

/// One change, step by step; each step of all changes before the next one, so that one commit of the file
/// system's journal serves many.
class FileChange {
 public:
  FileChange(const fs::path& path, const std::optional<std::string>& content)
      : path_(path), content_(content), file_(path, kMode) {}

  Result<void> write() { return content_ ? file_.write(*content_) : Result<void>(); }
  Result<void> sync() { return content_ ? file_.sync() : Result<void>(); }
  Result<void> put_in_place() {
    if (content_) return file_.put_in_place();
    if (::unlink(path_.c_str()) == 0 || errno == ENOENT) return {};
    return tl::unexpected(errno_error(errno, "remove " + path_.string()));
  }
  const fs::path& path() const { return path_; }

 private:
  const fs::path& path_;
  const std::optional<std::string>& content_;
  NewFile file_;
};

}  // namespace

Unwritten write_files(const FileChanges& changes) {
  std::list<FileChange> left;
  for (const auto& [path, content] : changes) left.emplace_back(path, content);
  Unwritten unwritten;
  const auto note = [&](const fs::path& path, const Error& error) {
    unwritten.files.insert(path);
    if (unwritten.why.empty()) unwritten.why = error.message;
  };
  using ChangeStep = Result<void> (FileChange::*)();
  for (const ChangeStep step : {&FileChange::write, &FileChange::sync, &FileChange::put_in_place}) {
    std::erase_if(left, [&](FileChange& change) {
      const Result<void> done = (change.*step)();
      if (done) return false;
      note(change.path(), done.error());
      return true;
    });
  }
  std::map<fs::path, Result<void>> folders;
  for (const FileChange& change : left) folders.emplace(change.path().parent_path(), Result<void>());
  for (auto& [folder, synced] : folders) synced = sync_folder(folder);
  for (const FileChange& change : left) {
    const Result<void>& synced = folders.at(change.path().parent_path());
    if (!synced) note(change.path(), synced.error());
  }
  return unwritten;
}

Result<void> make_folder_durably(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  const fs::path parent = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  if (parent != folder) {
    if (auto made = make_folder_durably(parent); !made) return made;
  }
  fs::create_directory(folder, error);
  if (error) return tl::unexpected(errno_error(error.value(), "make " + folder.string()));
  return sync_folder(parent);
}

void remove_half_written(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (NewFile::is_left_over(it->path())) fs::remove(it->path(), ignored);
  }
}

}  // namespace hancock::agent
