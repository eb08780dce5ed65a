// LogRing: bytes of whole lines on their way from one worker to the thread that writes the log. Bounded, and
// never waited for: a line that does not fit is dropped and counted.
//
// One writer (the worker) and one reader (the log's thread), without a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hancock::slardar {

class LogRing {
 public:
  static constexpr size_t kBytes = 1 << 20;

  /// Worker's thread. False: dropped.
  bool push(std::string_view line);
  /// Worker's thread, after a push: so much waits that the reader should be woken.
  bool is_pressing();

  /// Log's thread: appends all that waits to `out`.
  void drain(std::string& out);

  /// Any thread.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kPressing = kBytes / 4;
  const std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(kBytes);
  alignas(64) std::atomic<uint64_t> written_{0};  // bytes since the beginning
  std::atomic<uint64_t> dropped_{0};
  uint64_t pressing_at_ = kPressing;  // written_ at which to look again; worker's
  alignas(64) std::atomic<uint64_t> read_{0};
};

}  // namespace hancock::slardar
