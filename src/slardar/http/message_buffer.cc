#include "slardar/http/message_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hancock::slardar {

std::span<char> MessageBuffer::room() {
  if (begin_ == end_) clear();
  if (end_ > capacity_ / 2 && begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void MessageBuffer::copy(const MessageBuffer& other) {
  clear();
  const std::string_view bytes = other.unread();
  std::memcpy(room().data(), bytes.data(), bytes.size());
  received(bytes.size());
}

BufferPool::Borrowed BufferPool::take_from(Spare& spare, size_t capacity) {
  ++borrowed_;
  if (spare.buffers.empty()) return Borrowed(new MessageBuffer(capacity), Return{this});
  Borrowed buffer(spare.buffers.back().release(), Return{this});
  spare.buffers.pop_back();
  spare.unneeded = std::min(spare.unneeded, spare.buffers.size());
  return buffer;
}

void BufferPool::put(MessageBuffer* buffer) {
  --borrowed_;
  std::unique_ptr<MessageBuffer> owned(buffer);
  Spare& spare = owned->capacity_ == MessageBuffer::kBytes ? large_ : small_;
  if (spare.buffers.size() * owned->capacity_ >= kSpareBytesMax) {
    spare.refused += owned->capacity_;
    return;
  }
  owned->clear();
  owned->parser.reset();
  spare.buffers.push_back(std::move(owned));
}

size_t BufferPool::trim(Spare& spare) {
  const size_t capacity = spare.buffers.empty() ? 0 : spare.buffers.front()->capacity_;
  const size_t freed = spare.unneeded * capacity + std::exchange(spare.refused, 0);
  spare.buffers.resize(spare.buffers.size() - spare.unneeded);
  spare.unneeded = spare.buffers.size();
  return freed;
}

size_t BufferPool::trim() { return trim(large_) + trim(small_); }

}  // namespace hancock::slardar
