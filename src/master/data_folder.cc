#include "master/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <string>

namespace hancock::master {
namespace {

// Who holds the lock, as it wrote there; for the message only.
std::string holder(int fd) {
  char text[32] = {};
  const ssize_t got = pread(fd, text, sizeof text - 1, 0);
  return got > 0 ? fmt::format(" (process {})", std::string_view(text, static_cast<size_t>(got))) : "";
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::filesystem::path& data) {
  std::error_code error;
  const bool created = std::filesystem::create_directories(data, error);
  if (error) return tl::unexpected(errno_error(error.value(), data.string()));
  if (created) std::filesystem::permissions(data, std::filesystem::perms::owner_all, error);

  DataPaths paths{std::filesystem::absolute(data)};
  UniqueFd lock(::open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return tl::unexpected(errno_error(errno, paths.lock().string()));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return tl::unexpected(errno_error(errno, paths.lock().string()));
    return fail(ErrorCode::kConflict, "another Master runs in {}{}", data.string(), holder(lock.get()));
  }
  const std::string pid = std::to_string(getpid());
  if (ftruncate(lock.get(), 0) != 0 || pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) {
    return tl::unexpected(errno_error(errno, paths.lock().string()));
  }
  return DataFolder(std::move(paths), std::move(lock));
}

}  // namespace hancock::master
