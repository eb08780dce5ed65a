#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/unique_fd.h"

namespace hancock {
namespace {

Result<void> write_all(int fd, std::string_view content, const std::string& name) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error(errno, "write " + name));
    content.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) < 0) return tl::unexpected(errno_error(errno, "fsync " + folder.string()));
  return {};
}

Result<void> write_new(const std::string& name, std::string_view content, int mode, Durability durability) {
  const UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd) return tl::unexpected(errno_error(errno, "open " + name));
  if (::fchmod(fd.get(), static_cast<mode_t>(mode)) < 0)
    return tl::unexpected(errno_error(errno, "chmod " + name));
  if (auto written = write_all(fd.get(), content, name); !written) return written;
  if (durability == Durability::kSynced && ::fsync(fd.get()) < 0) {
    return tl::unexpected(errno_error(errno, "fsync " + name));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, size_t limit_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error(errno, "open " + path.string()));
  std::string content;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(errno_error(errno, "read " + path.string()));
    if (n == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(n));
    if (content.size() > limit_bytes) {
      return fail(ErrorCode::kTooLarge, "{} is larger than {} bytes", path.string(), limit_bytes);
    }
  }
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, int mode,
                        Durability durability) {
  const std::string beside = fmt::format("{}.{}.new", path.string(), ::getpid());
  auto written = write_new(beside, content, mode, durability);
  if (written && ::rename(beside.c_str(), path.c_str()) < 0) {
    written = tl::unexpected(errno_error(errno, "rename to " + path.string()));
  }
  if (!written) {
    ::unlink(beside.c_str());
    return written;
  }
  if (durability == Durability::kSynced) {
    return sync_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
  }
  return {};
}

}  // namespace hancock
