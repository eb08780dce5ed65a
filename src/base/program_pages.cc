#include "base/program_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string_view>

namespace hancock {
namespace {

int give_back(dl_phdr_info* loaded, size_t, void*) {
  const std::string_view name = loaded->dlpi_name;        // "" is the program itself
  if (!name.empty() && !name.starts_with('/')) return 0;  // the kernel's own: there is no file
  const auto page = static_cast<uintptr_t>(::getpagesize());
  for (int i = 0; i < loaded->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = loaded->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W)) continue;
    const uintptr_t begin = (loaded->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const uintptr_t end = (loaded->dlpi_addr + segment.p_vaddr + segment.p_memsz + page - 1) & ~(page - 1);
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void give_back_program_pages() { ::dl_iterate_phdr(give_back, nullptr); }

}  // namespace hancock
