#include "slardar/http/response_body.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/random.h"

namespace hancock::slardar {
namespace {

using Framed = http::Framing::Kind;

std::string text_of(std::span<const iovec> parts) {
  std::string text;
  for (const iovec& part : parts) text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  return text;
}

/// What the visitor sees when the peer sends `input` in pieces of `size` and then closes.
struct Seen {
  std::string text;
  bool well = true;
  bool done = false;
};
Seen relay(const http::Framing& framing, int visitor_version, std::string_view input, size_t size) {
  BufferPool pool;
  const auto buffer = pool.take();
  ResponseBody body;
  body.begin(framing, visitor_version);
  Seen seen;
  std::array<iovec, 6> parts{};
  const auto take = [&] {
    do {
      size_t used = 0;
      if (!body.take(*buffer, parts, used)) return false;
      seen.text += text_of({parts.data(), used});
    } while (!body.done() && !buffer->unread().empty());
    return true;
  };
  while (!body.done() && !input.empty()) {
    const std::string_view piece = input.substr(0, size);
    input.remove_prefix(piece.size());
    std::memcpy(buffer->room().data(), piece.data(), piece.size());
    buffer->received(piece.size());
    if (!take()) {
      seen.well = false;
      return seen;
    }
  }
  if (!body.done()) {
    size_t used = 0;
    seen.well = body.end({}, parts, used);
    seen.text += text_of({parts.data(), used});
  }
  seen.done = body.done();
  return seen;
}

constexpr std::string_view kChunked = "5\r\nhello\r\n1;a=b\r\n \r\n5\r\nworld\r\n0\r\nX-T: 1\r\n\r\n";

TEST(ResponseBody, passes_on_in_pieces_of_any_size) {
  for (size_t size = 1; size <= kChunked.size(); ++size) {
    EXPECT_EQ(relay({Framed::kLength, 5}, 1, "hello", size).text, "hello");
    EXPECT_EQ(relay({Framed::kChunked, 0}, 1, kChunked, size).text, kChunked);
    const Seen old = relay({Framed::kChunked, 0}, 0, kChunked, size);
    EXPECT_EQ(old.text, "hello world");
    EXPECT_TRUE(old.done);
    EXPECT_EQ(relay({Framed::kUntilClose, 0}, 0, "hello", size).text, "hello");
  }
}

TEST(ResponseBody, a_body_that_ends_with_the_close_becomes_chunks) {
  EXPECT_EQ(relay({Framed::kUntilClose, 0}, 1, "hello world", 6).text,
            "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n");
}

TEST(ResponseBody, what_stands_behind_the_body_is_not_passed_on) {
  EXPECT_EQ(relay({Framed::kLength, 5}, 1, "helloHTTP/1.1", 64).text, "hello");
}

TEST(ResponseBody, an_early_end_or_broken_chunks_are_noticed) {
  EXPECT_FALSE(relay({Framed::kLength, 6}, 1, "hello", 64).well);
  EXPECT_FALSE(relay({Framed::kChunked, 0}, 1, "5\r\nhello\r\n", 64).well);
  EXPECT_FALSE(relay({Framed::kChunked, 0}, 1, "5\nhello", 64).well);
  EXPECT_FALSE(relay({Framed::kChunked, 0}, 0, "-5\r\nhello", 64).well);
}

}  // namespace
}  // namespace hancock::slardar
