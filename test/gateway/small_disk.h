// SmallDisk: 64 KiB that are full soon, mounted as long as it is there.
#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace hancock::slardar::testing {

class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path at) : path(std::move(at)) {
    std::filesystem::create_directory(path);
    if (::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64k") != 0)
      ADD_FAILURE() << "mount: " << std::strerror(errno);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { ::umount2(path.c_str(), MNT_DETACH); }

  void fill() { std::ofstream(path / "all") << std::string(1 << 20, 'x'); }
  void empty() { std::filesystem::remove(path / "all"); }

  const std::filesystem::path path;
};

}  // namespace hancock::slardar::testing
