#include "base/program_pages.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

namespace hancock {
namespace {

// Far more than is mapped around one fault.
alignas(4096) constexpr std::array<char, 4 << 20> kConstants{'a', 'b'};

/// Pages of kConstants that are resident here: not those of the page cache, which mincore(2) tells.
size_t resident_pages() {
  const int file = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  size_t resident = 0;
  for (size_t at = 0; at < kConstants.size(); at += 4096) {
    uint64_t entry = 0;
    const auto page = reinterpret_cast<uintptr_t>(kConstants.data() + at) / 4096;
    EXPECT_EQ(::pread(file, &entry, sizeof entry, static_cast<off_t>(page * sizeof entry)),
              ssize_t{sizeof entry});
    resident += entry >> 63;
  }
  ::close(file);
  return resident;
}

size_t sum() {
  size_t all = 0;
  for (size_t at = 0; at < kConstants.size(); ++at)
    all += static_cast<size_t>(*static_cast<const volatile char*>(&kConstants[at]));
  return all;
}

TEST(ProgramPages, constants_that_were_used_go_and_come_back_as_they_were) {
  EXPECT_EQ(sum(), size_t{'a' + 'b'});
  const size_t used = resident_pages();
  give_back_program_pages();
  EXPECT_LE(resident_pages(), used / 2) << "the kernel maps some again, around what was used since";
  EXPECT_EQ(sum(), size_t{'a' + 'b'});
}

}  // namespace
}  // namespace hancock
