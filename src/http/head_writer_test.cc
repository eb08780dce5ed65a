#include "http/head_writer.h"

#include <gtest/gtest.h>

namespace hancock::http {
namespace {

TEST(HeadWriter, writes_start_line_fields_and_what_the_options_decide) {
  std::string out;
  const RequestHead head("POST", "/a", {{"Host", "h"}, {"content-length", "99"}, {"Connection", "x"}});
  WriteOptions options;
  options.framing = {Framing::Kind::kLength, 5};
  ASSERT_TRUE(write_request_head(head, options, out));
  EXPECT_EQ(out, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
  out.clear();
  options.framing = {Framing::Kind::kChunked, 0};
  options.persistence = Persistence::kClose;
  ASSERT_TRUE(write_response_head(ResponseHead(404), options, out));
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  out.clear();
  ASSERT_TRUE(write_response_head(ResponseHead(204), {}, out));
  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(HeadWriter, refuses_what_would_add_a_line_and_leaves_the_output_as_it_was) {
  std::string out = "before";
  for (const Header& field : {Header{"A", "b\r\nC: d"}, Header{"A", "b\nc"}, Header{"A:", "b"},
                              Header{"", "b"}, Header{"A", std::string("\0", 1)}}) {
    EXPECT_FALSE(write_response_head({200, {field}}, {}, out)) << field.name << field.value;
  }
  EXPECT_FALSE(write_request_head({"GET", "/a b"}, {}, out));
  EXPECT_FALSE(write_request_head({"GET", "/ HTTP/1.1\r\nA: b\r\n"}, {}, out));
  EXPECT_FALSE(write_request_head({"GET", ""}, {}, out));
  EXPECT_FALSE(write_request_head({"G T", "/"}, {}, out));
  EXPECT_FALSE(write_response_head(ResponseHead(20), {}, out));
  EXPECT_EQ(out, "before");
}

TEST(HeadWriter, chunk_heads_are_hex) {
  std::string out;
  write_chunk_head(26, out);
  EXPECT_EQ(out, "1a\r\n");
}

}  // namespace
}  // namespace hancock::http
