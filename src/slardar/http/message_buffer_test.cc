#include "slardar/http/message_buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace hancock::slardar {
namespace {

void put(MessageBuffer& buffer, std::string_view bytes) {
  ASSERT_GE(buffer.room().size(), bytes.size());
  std::memcpy(buffer.room().data(), bytes.data(), bytes.size());
  buffer.received(bytes.size());
}

TEST(MessageBuffer, room_is_made_where_bytes_were_consumed) {
  BufferPool pool;
  const auto buffer = pool.take_small();
  put(*buffer, std::string(MessageBuffer::kSmallBytes - 1, 'a') + "b");
  EXPECT_TRUE(buffer->room().empty());
  buffer->consume(MessageBuffer::kSmallBytes - 1);
  EXPECT_EQ(buffer->room().size(), MessageBuffer::kSmallBytes - 1);
  EXPECT_EQ(buffer->unread(), "b");
}

TEST(MessageBuffer, what_does_not_fit_goes_on_in_a_large_one) {
  BufferPool pool;
  const std::string bytes(MessageBuffer::kSmallBytes, 'x');
  auto small = pool.take_small();
  put(*small, bytes);
  const auto large = pool.take();
  large->copy(*small);
  small.reset();
  EXPECT_EQ(large->unread(), bytes);
  EXPECT_EQ(large->room().size(), MessageBuffer::kBytes - bytes.size());
}

TEST(BufferPool, each_size_comes_back_as_what_it_is_and_empty) {
  BufferPool pool;
  {
    const auto small = pool.take_small();
    const auto large = pool.take();
    put(*small, "small");
    put(*large, "large");
    EXPECT_EQ(pool.borrowed(), 2u);
  }
  EXPECT_EQ(pool.borrowed(), 0u);
  EXPECT_EQ(pool.take()->room().size(), MessageBuffer::kBytes);
  EXPECT_EQ(pool.take_small()->room().size(), MessageBuffer::kSmallBytes);
}

TEST(BufferPool, what_nobody_needs_for_a_while_is_freed) {
  BufferPool pool;
  {
    const auto first = pool.take_small();
    const auto second = pool.take_small();
    const auto large = pool.take();
  }
  EXPECT_EQ(pool.trim(), 0u) << "they may have been put there just now";
  (void)pool.take_small();
  EXPECT_EQ(pool.trim(), MessageBuffer::kSmallBytes + MessageBuffer::kBytes);
  EXPECT_EQ(pool.trim(), MessageBuffer::kSmallBytes);
  EXPECT_EQ(pool.trim(), 0u);
}

}  // namespace
}  // namespace hancock::slardar
