// FrameLists: blocks of memory that wait to be used again, by size. Plain data without a destructor, so that
// one can be a thread's own at no cost: whoever has it calls clear() at the end. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace hancock::io {

class FrameLists {
 public:
  static constexpr std::size_t kBytesMax = 2048;          // larger blocks are rare: not kept
  static constexpr std::size_t kSpareBytesMax = 1 << 20;  // of each size

  /// What a block for so many bytes has.
  static constexpr std::size_t rounded(std::size_t bytes) { return steps_of(bytes) * kStep; }

  /// A block of rounded(bytes); nullptr when none waits.
  void* take(std::size_t bytes) {
    List& list = lists_[steps_of(bytes)];
    Spare* const spare = list.first;
    if (spare == nullptr) return nullptr;
    list.first = spare->next;
    if (--list.count < list.unneeded) list.unneeded = list.count;
    return spare;
  }

  /// Keeps a block of rounded(bytes), made by operator new; false when enough of them wait.
  bool keep(void* block, std::size_t bytes) {
    List& list = lists_[steps_of(bytes)];
    if (list.count * rounded(bytes) >= kSpareBytesMax) {
      refused_ += rounded(bytes);
      return false;
    }
    list.first = ::new (block) Spare{list.first};
    ++list.count;
    return true;
  }

  void clear() {
    for (List& list : lists_) drop(list, list.count);
  }

  /// To be called now and then: frees what has not been needed since the last call. Gives its bytes, and
  /// those that were not kept since then.
  std::size_t trim() {
    std::size_t freed = std::exchange(refused_, 0);
    for (std::size_t steps = 0; steps < lists_.size(); ++steps) {
      List& list = lists_[steps];
      freed += list.unneeded * steps * kStep;
      drop(list, list.unneeded);
      list.unneeded = list.count;
    }
    return freed;
  }

 private:
  static constexpr std::size_t kStep = 64;
  static constexpr std::size_t steps_of(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }

  struct Spare {
    Spare* next;
  };
  struct List {
    Spare* first;
    std::size_t count;
    std::size_t unneeded;  // the fewest there were since the last trim()
  };

  static void drop(List& list, std::size_t count) {
    for (; count > 0; --count, --list.count) {
      Spare* const spare = list.first;
      list.first = spare->next;
      ::operator delete(spare);
    }
  }
  std::array<List, kBytesMax / kStep + 1> lists_{};
  std::size_t refused_ = 0;
};

}  // namespace hancock::io
