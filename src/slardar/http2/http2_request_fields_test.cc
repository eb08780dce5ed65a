#include "slardar/http2/http2_request_fields.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

std::string text_of(const http::RequestView& head, const RequestForward& how) {
  HeadScratch scratch;
  std::string text;
  for (const auto& [name, value] : http2_request_fields(head, how, "https", scratch))
    text.append(name).append("=").append(value).append("|");
  return text;
}

http::RequestView request() {
  http::RequestView head;
  head.method = "POST";
  head.target = "/a?b";
  head.host = "shop.test";
  head.fields = {{"Host", "shop.test"}, {"X-A", "b: c"}};
  return head;
}

RequestForward forward() {
  RequestForward how;
  how.visitor_ip = "10.1.1.1";
  how.fallback_host = "10.0.0.7:80";
  how.request_id = "7";
  return how;
}

TEST(Http2RequestFields, are_those_of_http1_behind_the_pseudo_fields) {
  http::RequestView head = request();
  head.content_length = 5;
  EXPECT_EQ(text_of(head, forward()),
            ":method=POST|:scheme=https|:authority=shop.test|:path=/a?b|X-A=b: c|X-Forwarded-For=10.1.1.1|"
            "X-Forwarded-Proto=http|X-Forwarded-Host=shop.test|X-Request-Id=7|Content-Length=5|");
}

TEST(Http2RequestFields, leave_out_what_belongs_to_a_connection) {
  http::RequestView head = request();
  head.chunked = true;
  head.fields.push_back({"Connection", "X-A, keep-alive"});
  head.fields.push_back({"Keep-Alive", "5"});
  const std::string text = text_of(head, forward());
  for (const char* name : {"|X-A=", "|Connection=", "|Keep-Alive=", "|Transfer-Encoding=", "|Host=", "|te="})
    EXPECT_EQ(text.find(name), std::string::npos) << text;
}

TEST(Http2RequestFields, say_that_trailers_are_wanted) {
  http::RequestView head = request();
  head.fields.push_back({"TE", "gzip, Trailers"});
  EXPECT_TRUE(text_of(head, forward()).ends_with("|te=trailers|"));
}

TEST(Http2RequestFields, name_the_peer_when_the_visitor_names_no_host) {
  http::RequestView head = request();
  head.host = {};
  head.fields.clear();
  EXPECT_NE(text_of(head, forward()).find("|:authority=10.0.0.7:80|"), std::string::npos);
}

}  // namespace
}  // namespace hancock::slardar
