#include "base/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace hancock {
namespace {

Result<void> done_or_errno(int outcome, const std::string& what) {
  if (outcome == 0) return {};
  return tl::unexpected(errno_error(errno, what));
}

}  // namespace

NewFile::NewFile(std::filesystem::path path, mode_t mode)
    : path_(std::move(path)), beside_(fmt::format("{}.{}.new", path_.string(), ::getpid())), mode_(mode) {}

NewFile::~NewFile() {
  if (is_beside_) ::unlink(beside_.c_str());
}

Result<void> NewFile::write(std::string_view content) {
  file_ = UniqueFd(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_));
  if (!file_) return tl::unexpected(errno_error(errno, "open " + beside_));
  is_beside_ = true;
  // The umask does not count.
  if (auto done = done_or_errno(::fchmod(file_.get(), mode_), "chmod " + beside_); !done) return done;
  while (!content.empty()) {
    const ssize_t n = ::write(file_.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error(errno, "write " + beside_));
    content.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Result<void> NewFile::sync() { return done_or_errno(::fsync(file_.get()), "fsync " + beside_); }

Result<void> NewFile::put_in_place() {
  file_.reset();
  auto done = done_or_errno(::rename(beside_.c_str(), path_.c_str()), "rename to " + path_.string());
  if (done) is_beside_ = false;
  return done;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error(errno, "open " + folder.string()));
  return done_or_errno(::fsync(fd.get()), "fsync " + folder.string());
}

}  // namespace hancock
