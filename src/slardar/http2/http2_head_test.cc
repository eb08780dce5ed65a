#include "slardar/http2/http2_head.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

const Fields kGet{{":method", "GET"}, {":scheme", "https"}, {":authority", "shop.test"}, {":path", "/a?b"}};

http::Check fill(Http2Head& head, Fields fields, const Fields& more,
                 Http2Head::Body body = Http2Head::Body::kNone) {
  fields.insert(fields.end(), more.begin(), more.end());
  for (const auto& [name, value] : fields) head.add(name, value);
  return head.finish(body);
}

int status_of_head(const Fields& fields, const Fields& more = {}) {
  Http2Head head;
  const http::Check bad = fill(head, fields, more);
  return bad ? bad->status : 200;
}

TEST(Http2Head, makes_the_request_that_http1_would_be) {
  Http2Head head;
  ASSERT_FALSE(fill(head, kGet, {{"cookie", "a=1"}, {"accept", "*/*"}, {"cookie", "b=2"}}));
  const http::RequestView& request = head.request();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a?b");
  EXPECT_EQ(request.host, "shop.test");
  EXPECT_EQ(request.get("Host"), "shop.test");
  EXPECT_EQ(request.get("Cookie"), "a=1; b=2");
  EXPECT_EQ(request.fields.size(), 3U);
  EXPECT_FALSE(request.chunked);
}

TEST(Http2Head, a_body_without_a_length_is_chunked) {
  Http2Head with;
  ASSERT_FALSE(fill(with, kGet, {{"content-length", "5"}}, Http2Head::Body::kFollows));
  EXPECT_FALSE(with.request().chunked);
  EXPECT_EQ(with.request().content_length, 5U);
  Http2Head without;
  ASSERT_FALSE(fill(without, kGet, {}, Http2Head::Body::kFollows));
  EXPECT_TRUE(without.request().chunked);
}

TEST(Http2Head, host_may_stand_for_the_authority_and_not_against_it) {
  const Fields no_authority{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}};
  EXPECT_EQ(status_of_head(no_authority, {{"host", "shop.test"}}), 200);
  EXPECT_EQ(status_of_head(no_authority), 400);
  EXPECT_EQ(status_of_head(kGet, {{"host", "Shop.test"}}), 200);
  EXPECT_EQ(status_of_head(kGet, {{"host", "other.test"}}), 400);
  EXPECT_EQ(status_of_head(no_authority, {{"host", "a"}, {"host", "a"}}), 400);
}

TEST(Http2Head, refuses_what_http1_refuses) {
  for (const auto& [name, value] : Fields{{"A", "b"},
                                          {"", "b"},
                                          {"a b", "c"},
                                          {"a", "b\nc"},
                                          {"a", "b "},
                                          {"a", std::string("\0", 1)},
                                          {"connection", "x"},
                                          {"transfer-encoding", "chunked"},
                                          {"te", "trailers, gzip"},
                                          {"content-length", "5,5"},
                                          {"content-length", "-1"},
                                          {":status", "200"}}) {
    EXPECT_EQ(status_of_head(kGet, {{name, value}}), 400) << name << ": " << value;
  }
  EXPECT_EQ(status_of_head(kGet, {{"content-length", "0"}, {"content-length", "0"}}), 400);
  EXPECT_EQ(status_of_head(kGet, {{"te", "trailers"}}), 200);
}

TEST(Http2Head, keeps_nothing_of_what_is_past_the_limits) {
  EXPECT_EQ(status_of_head(kGet, Fields(101, {"a", "b"})), 431);
  EXPECT_EQ(status_of_head(kGet, {{"a", std::string(32 << 10, 'b')}}), 431);
  EXPECT_EQ(status_of_head({{":method", "GET"}, {":path", "/" + std::string(8 << 10, 'a')}}), 414);
}

TEST(Http2Head, trailers_are_checked_like_fields) {
  std::string lines;
  EXPECT_FALSE(append_trailer("x-sum", "5", lines));
  EXPECT_EQ(lines, "x-sum: 5\r\n");
  for (const char* name : {"X-Sum", "content-length", "host", "transfer-encoding", ":path"})
    EXPECT_TRUE(append_trailer(name, "1", lines)) << name;
  EXPECT_TRUE(append_trailer("a", "b\r\nc: d", lines));
  EXPECT_TRUE(append_trailer("a", std::string(8 << 10, 'b'), lines));
}

}  // namespace
}  // namespace hancock::slardar
