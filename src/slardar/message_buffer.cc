#include "slardar/message_buffer.h"

#include <cstring>

namespace hancock::slardar {

std::span<char> MessageBuffer::room() {
  if (begin_ == end_) clear();
  if (end_ > kBytes / 2 && begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {bytes_.get() + end_, kBytes - end_};
}

BufferPool::Borrowed BufferPool::take() {
  ++borrowed_;
  if (spare_.empty()) return Borrowed(new MessageBuffer, Return{this});
  Borrowed buffer(spare_.back().release(), Return{this});
  spare_.pop_back();
  return buffer;
}

void BufferPool::put(MessageBuffer* buffer) {
  --borrowed_;
  std::unique_ptr<MessageBuffer> owned(buffer);
  if (spare_.size() == kSpareMax) return;
  owned->clear();
  owned->parser.reset();
  spare_.push_back(std::move(owned));
}

}  // namespace hancock::slardar
