#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/new_file.h"
#include "base/unique_fd.h"

namespace hancock {

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
  NewFile file(path, static_cast<mode_t>(mode));
  if (auto written = file.write(content); !written) return written;
  const bool is_synced = durability == Durability::kSynced;
  if (is_synced) {
    if (auto synced = file.sync(); !synced) return synced;
  }
  if (auto placed = file.put_in_place(); !placed) return placed;
  if (!is_synced) return {};
  return sync_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

}  // namespace hancock
