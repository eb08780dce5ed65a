// LuaCounters: the numbers that a script counts in, shared by all workers of the process. They outlive the
// script's versions. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace hancock::slardar {

class LuaCounters {
 public:
  static constexpr size_t kNamesMax = 100;
  using Counter = std::atomic<int64_t>;

  /// 1 to 64 of a-z, A-Z, 0-9, '_', '-', '.' and ':'.
  static bool is_name(std::string_view name);

  /// It stays where it is; nullptr: there are kNamesMax others. Takes a lock: callers keep what they get.
  Counter* find(std::string_view name);
  std::map<std::string, int64_t> values() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Counter, std::less<>> counters_;
};

}  // namespace hancock::slardar
