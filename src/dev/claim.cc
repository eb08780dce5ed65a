#include "dev/claim.h"

#include <fmt/core.h>

#include <functional>

#include "base/encoding.h"
#include "base/file.h"
#include "dev/address_plan.h"
#include "dev/folder_lock.h"
#include "dev/network.h"

namespace hancock::dev {
namespace {

int first_choice(const std::filesystem::path& dir) {
  const std::string digest = sha256_hex(dir.string());
  return static_cast<int>(std::stoul(digest.substr(0, 7), nullptr, 16) % kIndexMax) + 1;
}

Result<FolderLock> lock(const std::filesystem::path& root) {
  std::error_code error;
  for (;;) {
    std::filesystem::create_directories(root, error);
    auto held = FolderLock::acquire(root / "lock", BootClock::now() + 10s);
    // The last to leave removes the folder: make it again.
    if (!held && held.error().code == ErrorCode::kNotFound && !error) continue;
    return held;
  }
}

}  // namespace

std::filesystem::path Claims::folder(int index) const { return root_ / std::to_string(index); }

std::filesystem::path Claims::owner(int index) const {
  const auto text = read_file(folder(index) / "owner");
  return text ? std::filesystem::path(*text) : std::filesystem::path();
}

std::optional<int> Claims::find(const std::filesystem::path& dir) const {
  for (int index = 1; index <= kIndexMax; ++index) {
    if (owner(index) == dir) return index;
  }
  return std::nullopt;
}

Result<int> Claims::take(const std::filesystem::path& dir) {
  auto held = lock(root_);
  if (!held) return forward_error(held);
  if (const auto index = find(dir)) return *index;
  for (int tried = 0; tried < kIndexMax; ++tried) {
    const int index = (first_choice(dir) - 1 + tried) % kIndexMax + 1;
    if (!owner(index).empty() || addresses_in_use(AddressPlan(index))) continue;
    std::error_code error;
    std::filesystem::create_directories(folder(index), error);
    if (error) return tl::unexpected(errno_error(error.value(), folder(index).string()));
    if (auto written = write_file(folder(index) / "owner", dir.string()); !written)
      return forward_error(written);
    return index;
  }
  return fail(ErrorCode::kUnavailable, "all {} indices of clusters are taken: see {}", kIndexMax,
              root_.string());
}

Result<void> Claims::free(const std::filesystem::path& dir) {
  auto held = lock(root_);
  if (!held) return forward_error(held);
  std::error_code error;
  if (const auto index = find(dir)) std::filesystem::remove_all(folder(*index), error);
  if (error) return tl::unexpected(errno_error(error.value(), root_.string()));
  for (const auto& entry : std::filesystem::directory_iterator(root_, error)) {
    if (entry.path().filename() != "lock") return {};
  }
  std::filesystem::remove_all(root_, error);
  return {};
}

}  // namespace hancock::dev
