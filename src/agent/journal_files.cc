#include "agent/journal_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <list>

#include "base/unique_fd.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0644;

Result<void> sync(int fd, const fs::path& path) {
  if (::fsync(fd) == 0) return {};
  return tl::unexpected(errno_error(errno, "fsync " + path.string()));
}

Result<void> sync_folder(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error(errno, "open " + folder.string()));
  return sync(fd.get(), folder);
}

Result<void> write_whole(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error(errno, "write " + path.string()));
    content.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

/// One change, step by step; each step of all changes before the next one, so that one commit of the file
/// system's journal serves many.
class FileChange {
 public:
  FileChange(const fs::path& path, const std::optional<std::string>& content)
      : path_(path), content_(content), beside_(fmt::format("{}.{}.new", path.string(), ::getpid())) {}

  Result<void> write() {
    if (!content_) return {};
    file_ = UniqueFd(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
    if (!file_) return tl::unexpected(errno_error(errno, "open " + beside_));
    return write_whole(file_.get(), *content_, beside_);
  }
  Result<void> sync() { return content_ ? agent::sync(file_.get(), beside_) : Result<void>(); }
  Result<void> put_in_place() {
    file_.reset();
    const int done = content_ ? ::rename(beside_.c_str(), path_.c_str()) : ::unlink(path_.c_str());
    if (done == 0 || (!content_ && errno == ENOENT)) return {};
    return tl::unexpected(errno_error(errno, (content_ ? "rename to " : "remove ") + path_.string()));
  }
  void give_up() {
    if (content_) ::unlink(beside_.c_str());
  }
  const fs::path& path() const { return path_; }

 private:
  const fs::path& path_;
  const std::optional<std::string>& content_;
  std::string beside_;
  UniqueFd file_;
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
      change.give_up();
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
    if (it->path().extension() == ".new") fs::remove(it->path(), ignored);
  }
}

}  // namespace hancock::agent
