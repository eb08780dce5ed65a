#include "io/frame_pool.h"

#include <array>
#include <new>

namespace hancock::io::frame_pool {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

constexpr std::size_t kStep = 64;           // sizes are rounded up to it
constexpr std::size_t kPooledMax = 2048;    // larger frames are rare
constexpr std::size_t kSpareMax = 1 << 20;  // bytes that a list keeps

struct Spare {
  Spare* next;
};

struct List {
  Spare* first;
  std::size_t count;
};

/// Plain data, so that reading it costs no look at whether it was made.
struct Lists {
  std::array<List, kPooledMax / kStep + 1> by_steps;
  bool is_watched;  // Ending will empty it
  bool is_over;     // the thread ends
};
constinit thread_local Lists lists{};

struct Ending {
  ~Ending() {
    lists.is_over = true;
    for (List& list : lists.by_steps) {
      while (Spare* const spare = list.first) {
        list.first = spare->next;
        ::operator delete(spare);
      }
    }
  }
};

constexpr std::size_t steps_of(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }

void watch_the_end() {
  thread_local Ending ending;
  [[maybe_unused]] const Ending* const made = &ending;
  lists.is_watched = true;
}

}  // namespace

void* allocate(std::size_t bytes) {
  if (!kPooled || bytes > kPooledMax) return ::operator new(bytes);
  List& list = lists.by_steps[steps_of(bytes)];
  if (list.first == nullptr) return ::operator new(steps_of(bytes) * kStep);
  Spare* const spare = list.first;
  list.first = spare->next;
  --list.count;
  return spare;
}

void release(void* frame, std::size_t bytes) {
  if (!kPooled || bytes > kPooledMax) return ::operator delete(frame);
  List& list = lists.by_steps[steps_of(bytes)];
  if (lists.is_over || list.count * steps_of(bytes) * kStep >= kSpareMax) return ::operator delete(frame);
  if (!lists.is_watched) watch_the_end();
  list.first = ::new (frame) Spare{list.first};
  ++list.count;
}

}  // namespace hancock::io::frame_pool
