#include "http/read_buffer.h"

#include <algorithm>
#include <cstring>

namespace hancock::http {
namespace {

constexpr size_t kFirstBytes = 16 << 10;
constexpr size_t kBodyBytesMax = 128 << 10;  // larger reads gain nothing
constexpr size_t kRoomMin = 4 << 10;

}  // namespace

void ReadBuffer::make_room() {
  const size_t held = end_ - begin_;
  if (held > 0 && begin_ > 0) std::memmove(bytes_.data(), bytes_.data() + begin_, held);
  // A read that filled everything: much is coming.
  const bool was_full = end_ == bytes_.size() && !bytes_.empty();
  begin_ = 0;
  end_ = held;
  const size_t wanted = was_full ? std::min(bytes_.size() * 2, kBodyBytesMax) : kFirstBytes;
  const size_t size = std::max(wanted, held + kRoomMin);
  if (size > bytes_.size()) bytes_.resize(size);
}

io::Async<Result<size_t>> ReadBuffer::fill(TimePoint deadline) {
  make_room();
  const std::span<char> room(bytes_.data() + end_, bytes_.size() - end_);
  auto received = co_await stream_.recv(room, deadline);
  if (received) end_ += *received;
  co_return received;
}

void ReadBuffer::release() {
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  bytes_ = {};
}

}  // namespace hancock::http
