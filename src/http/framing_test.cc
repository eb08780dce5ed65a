#include "http/framing.h"

#include <gtest/gtest.h>

#include "http/head_parser.h"

namespace hancock::http {
namespace {

using Kind = Framing::Kind;

Framing of_request(const std::string& lines) {
  RequestView head;
  HeadParser parser;
  const std::string input = "POST / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
  EXPECT_EQ(parser.parse(input, head).status, HeadProgress::Status::kDone);
  return request_framing(head);
}

struct Seen {
  Framing framing;
  bool keeps = false;
};

Seen of_response(const std::string& input, std::string_view method = "GET") {
  ResponseView head;
  HeadParser parser;
  EXPECT_EQ(parser.parse(input, head).status, HeadProgress::Status::kDone);
  const Framing framing = response_framing(head, method);
  return {framing, response_keeps_connection(head, framing)};
}

TEST(Framing, a_request_without_framing_fields_has_no_body) {
  EXPECT_EQ(of_request("").kind, Kind::kNone);
  EXPECT_EQ(of_request("Content-Length: 0\r\n").kind, Kind::kNone);
  EXPECT_EQ(of_request("Content-Length: 12\r\n"), (Framing{Kind::kLength, 12}));
  EXPECT_EQ(of_request("Transfer-Encoding: chunked\r\n").kind, Kind::kChunked);
}

TEST(Framing, a_response_without_framing_fields_lasts_until_the_connection_closes) {
  const Seen seen = of_response("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(seen.framing.kind, Kind::kUntilClose);
  EXPECT_FALSE(seen.keeps);
  EXPECT_TRUE(of_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").keeps);
}

TEST(Framing, answers_to_HEAD_and_1xx_204_304_have_no_body_whatever_they_claim) {
  const std::string claims = "\r\nContent-Length: 12\r\n\r\n";
  EXPECT_EQ(of_response("HTTP/1.1 200 OK" + claims, "HEAD").framing.kind, Kind::kNone);
  for (const char* status : {"100", "103", "204", "304"}) {
    const Seen seen = of_response("HTTP/1.1 " + std::string(status) + claims);
    EXPECT_EQ(seen.framing.kind, Kind::kNone) << status;
    EXPECT_TRUE(seen.keeps) << status;
  }
  EXPECT_TRUE(of_response("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n").keeps);
}

TEST(Framing, only_a_persistent_and_delimited_response_keeps_the_connection) {
  const std::string length = "Content-Length: 1\r\n\r\n";
  EXPECT_TRUE(of_response("HTTP/1.1 200 OK\r\n" + length).keeps);
  EXPECT_FALSE(of_response("HTTP/1.1 200 OK\r\nConnection: close\r\n" + length).keeps);
  EXPECT_FALSE(of_response("HTTP/1.0 200 OK\r\n" + length).keeps);
  EXPECT_TRUE(of_response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + length).keeps);
  EXPECT_FALSE(of_response("HTTP/1.1 101 Switching\r\n\r\n").keeps);
}

}  // namespace
}  // namespace hancock::http
