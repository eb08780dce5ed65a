#include "slardar/confd/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace hancock::slardar {

// The file stays when nobody holds it: who removed it could remove one that was just locked.
Result<bool> StateLock::try_take() {
  if (held()) return true;
  UniqueFd file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return tl::unexpected(errno_error(errno, path_.string()));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
    file_ = std::move(file);
    return true;
  }
  if (errno == EWOULDBLOCK) return false;
  return tl::unexpected(errno_error(errno, path_.string()));
}

}  // namespace hancock::slardar
