#include "dev/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "dev/wait.h"

namespace hancock::dev {
namespace {

// The holder before us may have removed the file: then our lock is on one that nobody else will find.
bool still_there(int fd, const std::filesystem::path& file) {
  struct stat ours {};
  struct stat present {};
  return fstat(fd, &ours) == 0 && stat(file.c_str(), &present) == 0 && ours.st_ino == present.st_ino &&
         ours.st_dev == present.st_dev;
}

}  // namespace

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& file, TimePoint deadline) {
  for (;;) {
    UniqueFd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) return tl::unexpected(errno_error(errno, file.string()));
    const int locked = flock(fd.get(), LOCK_EX | LOCK_NB);
    if (locked == 0 && still_there(fd.get(), file)) return FolderLock(std::move(fd));
    if (locked == 0 || errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return tl::unexpected(errno_error(errno, file.string()));
    if (!pause_before(deadline)) {
      return fail(ErrorCode::kConflict, "another `hancock dev` command is at work here ({} is locked)",
                  file.string());
    }
  }
}

}  // namespace hancock::dev
