#include "http/body.h"

#include <gtest/gtest.h>

#include <vector>

#include "io/loop.h"

namespace hancock::http {
namespace {

// Gives prepared pieces, then the end or an error.
class Pieces final : public BodyReader {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool broken = false)
      : pieces_(std::move(pieces)), broken_(broken) {}
  io::Async<Result<std::string_view>> read(TimePoint) override {
    if (next_ < pieces_.size()) co_return std::string_view(pieces_[next_++]);
    if (broken_) co_return fail(ErrorCode::kClosed, "cut");
    co_return std::string_view();
  }

 private:
  std::vector<std::string> pieces_;
  size_t next_ = 0;
  bool broken_;
};

Result<std::string> all_of(Pieces body, size_t limit_bytes) {
  io::Loop loop;
  return loop.block_on(read_all(body, limit_bytes, kForever));
}

io::Async<Result<std::vector<std::string>>> collect(BodyReader& body, size_t limit_bytes) {
  LineReader lines(body, limit_bytes);
  std::vector<std::string> all;
  while (true) {
    auto line = co_await lines.next(kForever);
    if (!line) co_return forward_error(line);
    if (!*line) co_return all;
    all.push_back(**line);
  }
}

Result<std::vector<std::string>> lines_of(Pieces body, size_t limit_bytes) {
  io::Loop loop;
  return loop.block_on(collect(body, limit_bytes));
}

TEST(ReadAll, joins_the_pieces_up_to_the_limit) {
  EXPECT_EQ(all_of(Pieces({"ab", "c"}), 3), "abc");
  EXPECT_EQ(all_of(Pieces({}), 0), "");
  EXPECT_EQ(all_of(Pieces({"ab", "cd"}), 3).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(all_of(Pieces({"ab"}, true), 3).error().code, ErrorCode::kClosed);
}

TEST(LineReader, yields_lines_across_pieces_without_their_ends) {
  const std::vector<std::string> expected{"one", "", "two and", "three", "last"};
  EXPECT_EQ(lines_of(Pieces({"on", "e\n\ntwo", " and\r", "\nthree\nla", "st"}), 100), expected);
  EXPECT_EQ(lines_of(Pieces({"a\n"}), 100), std::vector<std::string>{"a"});
  EXPECT_EQ(lines_of(Pieces({}), 100), std::vector<std::string>{});
}

TEST(LineReader, a_line_past_the_limit_and_a_cut_body_are_errors) {
  EXPECT_EQ(lines_of(Pieces({"abc\n", "abcd\n"}), 3).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(lines_of(Pieces({"ab", "cd", "ef"}), 3).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(lines_of(Pieces({"half"}, true), 9).error().code, ErrorCode::kClosed);
}

}  // namespace
}  // namespace hancock::http
