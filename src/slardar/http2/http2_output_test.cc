#include "slardar/http2/http2_output.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

std::string text_of_parts(std::span<const iovec> parts) {
  std::string text;
  for (const iovec& part : parts) text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  return text;
}

TEST(Http2Output, keeps_the_order_and_copies_what_is_small) {
  Http2Output out;
  const std::string large(5'000, 'L');
  int owner = 0;
  out.copy("a");
  out.copy("b");
  out.refer("c", &owner);
  out.refer(large, &owner);
  out.copy("d");
  const auto parts = out.parts();
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1].iov_base, large.data());
  EXPECT_EQ(text_of_parts(parts), "abc" + large + "d");
  EXPECT_EQ(out.bytes(), 5'004U);
  out.clear();
  EXPECT_TRUE(out.empty());
}

TEST(Http2Output, what_goes_while_it_is_written_is_copied_from_where_the_write_has_come_to) {
  Http2Output out;
  std::string mine(5'000, 'm');
  std::string yours(5'000, 'y');
  int me = 0, you = 0;
  out.refer(mine, &me);
  out.refer(yours, &you);
  const auto parts = out.parts();
  parts[0].iov_base = mine.data() + 4'000;  // so much was taken
  parts[0].iov_len = 1'000;
  out.rescue(&me);
  mine.assign(5'000, '-');
  EXPECT_EQ(text_of_parts(parts), std::string(1'000, 'm') + yours);
  EXPECT_EQ(parts[1].iov_base, yours.data());
}

}  // namespace
}  // namespace hancock::slardar
