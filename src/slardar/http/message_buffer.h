// MessageBuffer: what one message is received and parsed in; BufferPool: a worker's stock of them.
//
// A connection borrows one only while a message is on its way, so idle connections hold none. A request's is
// held until it is answered and so is small unless its head is large: thousands of them wait at a time.
// Taking one is a pop from a list. Worker's thread only; the pool outlives what was borrowed.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "http/head_parser.h"

namespace hancock::slardar {

class BufferPool;

class MessageBuffer {
 public:
  static constexpr size_t kSmallBytes = 2 << 10;
  /// Large enough for a head at its limit, or an answer of 64 KiB in one piece. What a slow reader costs.
  static constexpr size_t kBytes = 80 << 10;

  http::HeadParser parser;
  http::RequestView request;
  http::ResponseView response;

  /// What was received and not consumed.
  std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  void consume(size_t count) { begin_ += count; }
  /// Where to receive into; empty when all of it is unread. Moves unread bytes when room is short.
  std::span<char> room();
  void received(size_t count) { end_ += count; }
  void clear() { begin_ = end_ = 0; }
  /// What is unread in `other`, to be parsed anew.
  void copy(const MessageBuffer& other);

 private:
  friend class BufferPool;
  explicit MessageBuffer(size_t capacity)
      : capacity_(capacity), bytes_(std::make_unique_for_overwrite<char[]>(capacity)) {}

  const size_t capacity_;
  std::unique_ptr<char[]> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class BufferPool {
 public:
  struct Return {
    BufferPool* pool;
    void operator()(MessageBuffer* buffer) const { pool->put(buffer); }
  };
  using Borrowed = std::unique_ptr<MessageBuffer, Return>;

  Borrowed take() { return take_from(large_, MessageBuffer::kBytes); }
  Borrowed take_small() { return take_from(small_, MessageBuffer::kSmallBytes); }
  static Borrowed none() { return Borrowed(nullptr, Return{nullptr}); }
  size_t borrowed() const { return borrowed_; }

  /// To be called now and then: frees what has not been needed since the last call. Gives its bytes, and
  /// those that were not kept since then.
  size_t trim();

 private:
  static constexpr size_t kSpareBytesMax = 8 << 20;  // of each size
  struct Spare {
    std::vector<std::unique_ptr<MessageBuffer>> buffers;
    size_t unneeded = 0;  // the fewest there were since the last trim()
    size_t refused = 0;   // bytes that were not kept since then
  };
  Borrowed take_from(Spare& spare, size_t capacity);
  void put(MessageBuffer* buffer);
  size_t trim(Spare& spare);

  Spare large_;
  Spare small_;
  size_t borrowed_ = 0;
};

}  // namespace hancock::slardar
