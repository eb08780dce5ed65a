#include "slardar/log/log_ring.h"

#include <algorithm>
#include <cstring>

namespace hancock::slardar {

bool LogRing::push(std::string_view line) {
  const uint64_t written = written_.load(std::memory_order_relaxed);
  if (line.size() > kBytes - (written - read_.load(std::memory_order_acquire))) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  const size_t at = written % kBytes;
  const size_t first = std::min(line.size(), kBytes - at);
  std::memcpy(bytes_.get() + at, line.data(), first);
  std::memcpy(bytes_.get(), line.data() + first, line.size() - first);
  written_.store(written + line.size(), std::memory_order_release);
  return true;
}

bool LogRing::is_pressing() {
  const uint64_t written = written_.load(std::memory_order_relaxed);
  if (written < pressing_at_) return false;
  pressing_at_ = written + kPressing;
  return written - read_.load(std::memory_order_relaxed) >= kPressing;
}

void LogRing::drain(std::string& out) {
  const uint64_t read = read_.load(std::memory_order_relaxed);
  const uint64_t written = written_.load(std::memory_order_acquire);
  const size_t at = read % kBytes;
  const size_t size = static_cast<size_t>(written - read);
  const size_t first = std::min(size, kBytes - at);
  out.append(bytes_.get() + at, first);
  out.append(bytes_.get(), size - first);
  read_.store(written, std::memory_order_release);
}

}  // namespace hancock::slardar
