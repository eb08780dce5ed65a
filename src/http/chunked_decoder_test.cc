#include "http/chunked_decoder.h"

#include <gtest/gtest.h>

namespace hancock::http {
namespace {

using Status = ChunkedStep::Status;

struct Decoded {
  Status status = Status::kNeedMore;
  std::string body;
  size_t consumed = 0;
  std::string reason;
};

// Feeds `input` in pieces of `piece` bytes, each in memory of its own.
Decoded decode(ChunkedDecoder& decoder, std::string_view input, size_t piece = std::string::npos) {
  Decoded result;
  while (true) {
    const std::string moved(input.substr(result.consumed, piece));
    std::string_view rest = moved;
    while (true) {
      const ChunkedStep step = decoder.next(rest);
      rest.remove_prefix(step.consumed);
      result.consumed += step.consumed;
      result.status = step.status;
      result.body.append(step.data);
      result.reason = step.error.reason;
      if (step.status != Status::kData) break;
    }
    if (result.status != Status::kNeedMore || result.consumed == input.size()) return result;
  }
}

Decoded decode(std::string_view input) {
  ChunkedDecoder decoder;
  return decode(decoder, input);
}

TEST(ChunkedDecoder, gives_the_same_body_and_end_however_the_input_is_cut) {
  const std::string input =
      "5\r\nhello\r\n00a;name=value;other=\"a \\\" b\";flag\r\n0123456789\r\n0\r\nSum: 1\r\nB:2\r\n\r\n";
  for (size_t piece = 1; piece <= input.size(); ++piece) {
    ChunkedDecoder decoder;
    const Decoded got = decode(decoder, input + "GET /next", piece);
    ASSERT_EQ(got.status, Status::kDone) << piece;
    EXPECT_EQ(got.body, "hello0123456789");
    EXPECT_EQ(got.consumed, input.size());
    ASSERT_EQ(decoder.trailers().size(), 2u);
    EXPECT_EQ(decoder.trailers()[0].name, "Sum");
    EXPECT_EQ(decoder.trailers()[1].value, "2");
  }
}

TEST(ChunkedDecoder, can_be_used_again_after_reset) {
  ChunkedDecoder decoder;
  EXPECT_EQ(decode(decoder, "x").status, Status::kBad);
  EXPECT_EQ(decode(decoder, "0\r\n\r\n").status, Status::kBad);
  decoder.reset();
  EXPECT_EQ(decode(decoder, "1\r\na\r\n0\r\n\r\n").body, "a");
}

TEST(ChunkedDecoder, the_error_says_where) {
  ChunkedDecoder decoder;
  decoder.next("3\r\nab");
  const ChunkedStep data = decoder.next("c");
  EXPECT_EQ(data.data, "c");
  const ChunkedStep step = decoder.next("\rx");
  EXPECT_EQ(step.status, Status::kBad);
  EXPECT_EQ(step.error.offset, 7u);
}

TEST(ChunkedDecoder, limits_hold) {
  const ChunkedLimits limits{.extension_bytes = 8, .trailer_bytes = 10, .trailers = 2};
  const auto limited = [&](std::string_view input) {
    ChunkedDecoder decoder(limits);
    return decode(decoder, input);
  };
  EXPECT_EQ(limited("1;abc\r\na\r\n1;abc\r\na\r\n0\r\n\r\n").status, Status::kDone);
  EXPECT_EQ(limited("1;abc\r\na\r\n1;abcd\r\na\r\n").reason, "chunk extensions too large");
  EXPECT_EQ(limited("0\r\nA:b\r\nC:d\r\n\r\n").status, Status::kDone);
  EXPECT_EQ(limited("0\r\nA:bcdefghij").reason, "trailers too large");
  ChunkedDecoder few({.trailers = 1});
  EXPECT_EQ(decode(few, "0\r\nA:b\r\nC:d\r\n\r\n").reason, "too many trailers");
}

struct Rule {
  const char* name;
  std::string input;
  const char* reason;
};
void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

std::string name_of(const testing::TestParamInfo<Rule>& info) { return info.param.name; }

class RefusedChunks : public testing::TestWithParam<Rule> {};

TEST_P(RefusedChunks, names_the_reason) {
  const Decoded got = decode(GetParam().input);
  ASSERT_EQ(got.status, Status::kBad);
  EXPECT_EQ(got.reason, GetParam().reason);
}

const char* const kSize = "chunk size is no hex number";
const char* const kExtension = "broken chunk extension";

INSTANTIATE_TEST_SUITE_P(
    rules, RefusedChunks,
    testing::Values(Rule{"empty_size", "\r\n", kSize}, Rule{"no_hex", "g\r\n", kSize},
                    Rule{"prefix_0x", "0x5\r\nhello", kSize}, Rule{"plus", "+5\r\n", kSize},
                    Rule{"minus", "-5\r\n", kSize}, Rule{"blank_before", " 5\r\n", kSize},
                    Rule{"blank_after", "5 \r\nhello\r\n", kSize},
                    Rule{"blank_before_extension", "5 ;a\r\nhello\r\n", kSize},
                    Rule{"overflow", "1000000000000000\r\n", "chunk size too large"},
                    Rule{"wrapped_size", "10000000000000005\r\n", "chunk size too large"},
                    Rule{"bare_lf_after_size", "5\nhello\r\n", "bare LF after a chunk size"},
                    Rule{"bare_cr_after_size", "5\rhello\r\n", "bare CR after a chunk size"},
                    Rule{"bare_lf_in_extension", "5;a\nhello\r\n", kExtension},
                    Rule{"bare_cr_in_extension", "5;a\rb\r\nhello\r\n", "bare CR after a chunk size"},
                    Rule{"bare_lf_in_quotes", "5;a=\"\n\"\r\nhello\r\n", kExtension},
                    Rule{"crlf_in_quotes", "5;a=\"\r\n\"\r\nhello\r\n", kExtension},
                    Rule{"empty_extension", "5;\r\nhello\r\n", kExtension},
                    Rule{"extension_without_value", "5;a=\r\nhello\r\n", kExtension},
                    Rule{"nul_in_extension", std::string("5;a\0\r\nhello\r\n", 13), kExtension},
                    Rule{"data_longer_than_size", "5\r\nhello!\r\n", "chunk data longer than its size"},
                    Rule{"bare_lf_after_data", "5\r\nhello\n", "chunk data longer than its size"},
                    Rule{"bare_cr_after_data", "5\r\nhello\r0", "bare CR after chunk data"},
                    Rule{"bare_lf_at_the_end", "0\r\n\n", "bare LF"},
                    Rule{"bare_cr_at_the_end", "0\r\n\rx", "bare CR"},
                    Rule{"bare_lf_in_trailers", "0\r\nA: b\n\r\n", "bare LF"},
                    Rule{"bare_cr_in_trailers", "0\r\nA: b\rc\r\n\r\n", "bare CR"},
                    Rule{"folded_trailer", "0\r\nA: b\r\n c\r\n\r\n", "folded header line"},
                    Rule{"blank_before_colon_in_trailer", "0\r\nA : b\r\n\r\n",
                         "blank before the colon of a header"},
                    Rule{"length_in_trailers", "0\r\nContent-Length: 5\r\n\r\n",
                         "a field that is not allowed in trailers"},
                    Rule{"coding_in_trailers", "0\r\ntransfer-encoding: chunked\r\n\r\n",
                         "a field that is not allowed in trailers"}),
    name_of);

}  // namespace
}  // namespace hancock::http
