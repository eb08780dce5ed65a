#include "io/frame_pool.h"

#include <new>

#include "io/frame_lists.h"

#if defined(__SANITIZE_ADDRESS__)
#define HANCOCK_SEES_USE_AFTER_FREE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HANCOCK_SEES_USE_AFTER_FREE 1
#endif
#endif

namespace hancock::io::frame_pool {
namespace {

#ifdef HANCOCK_SEES_USE_AFTER_FREE
constexpr std::size_t kPooledMax = 0;
#else
constexpr std::size_t kPooledMax = FrameLists::kBytesMax;
#endif

constinit thread_local FrameLists lists;
constinit thread_local bool is_watched = false;  // Ending will empty the lists
constinit thread_local bool is_over = false;     // the thread ends

struct Ending {
  ~Ending() {
    is_over = true;
    lists.clear();
  }
};

void watch_the_end() {
  thread_local Ending ending;
  [[maybe_unused]] const Ending* const made = &ending;
  is_watched = true;
}

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > kPooledMax) return ::operator new(bytes);
  void* const spare = lists.take(bytes);
  return spare != nullptr ? spare : ::operator new(FrameLists::rounded(bytes));
}

void release(void* frame, std::size_t bytes) {
  if (bytes > kPooledMax || is_over) return ::operator delete(frame);
  if (!is_watched) watch_the_end();
  if (!lists.keep(frame, bytes)) ::operator delete(frame);
}

std::size_t trim() { return lists.trim(); }

}  // namespace hancock::io::frame_pool
