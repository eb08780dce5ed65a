// What this process has allocated and not freed, for tests of what somebody may cost.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // of the sanitizers' allocator_interface.h
#else
#include <malloc.h>
#endif

namespace hancock::slardar::testing {

inline size_t allocated_bytes() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
#endif
}

}  // namespace hancock::slardar::testing
