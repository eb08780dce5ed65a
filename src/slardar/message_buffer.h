// MessageBuffer: what one message is received and parsed in; BufferPool: a worker's stock of them.
//
// A connection borrows one only while a message is on its way, so idle connections hold none. Taking one is a
// pop from a list; a new one's pages are the kernel's zero page until they are used. Worker's thread only;
// the pool outlives what was borrowed.
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
  /// Large enough for a head at its limit and one big read of a body.
  static constexpr size_t kBytes = 128 << 10;

  http::HeadParser parser;
  http::RequestView request;
  http::ResponseView response;

  /// What was received and not consumed.
  std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  void consume(size_t count) { begin_ += count; }
  /// Where to receive into; never empty unless kBytes are unread. Moves unread bytes when room is short.
  std::span<char> room();
  void received(size_t count) { end_ += count; }
  void clear() { begin_ = end_ = 0; }

 private:
  friend class BufferPool;
  MessageBuffer() : bytes_(std::make_unique_for_overwrite<char[]>(kBytes)) {}

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

  Borrowed take();
  static Borrowed none() { return Borrowed(nullptr, Return{nullptr}); }
  size_t borrowed() const { return borrowed_; }

 private:
  static constexpr size_t kSpareMax = 64;
  void put(MessageBuffer* buffer);
  std::vector<std::unique_ptr<MessageBuffer>> spare_;
  size_t borrowed_ = 0;
};

}  // namespace hancock::slardar
