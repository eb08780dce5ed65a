#include "slardar/http/forward_head.h"

#include <gtest/gtest.h>

#include "http/head_parser.h"

namespace hancock::slardar {
namespace {

std::string forwarded(const std::string& text, bool upgrade = false) {
  http::HeadParser parser;
  http::RequestView head;
  EXPECT_EQ(parser.parse(text, head).status, http::HeadProgress::Status::kDone) << text;
  HeadScratch scratch;
  RequestForward how;
  how.visitor_ip = "10.1.1.1";
  how.fallback_host = "127.0.0.1:20001";
  how.request_id = "0123456789abcdef";
  how.upgrade = upgrade;
  write_request(head, how, scratch);
  return std::string(scratch.text());
}

std::string answered(const std::string& text, const ResponseForward& how) {
  http::HeadParser parser;
  http::ResponseView head;
  EXPECT_EQ(parser.parse(text, head).status, http::HeadProgress::Status::kDone) << text;
  HeadScratch scratch;
  write_response(head, how, scratch);
  return std::string(scratch.text());
}

TEST(ForwardHead, adds_who_asked_for_what_and_an_id) {
  EXPECT_EQ(forwarded("GET /a?b HTTP/1.1\r\nHost: shop.test\r\nAccept: */*\r\n\r\n"),
            "GET /a?b HTTP/1.1\r\nHost: shop.test\r\nAccept: */*\r\nX-Forwarded-For: "
            "10.1.1.1\r\n"
            "X-Forwarded-Proto: http\r\nX-Forwarded-Host: shop.test\r\nX-Request-Id: "
            "0123456789abcdef\r\n\r\n");
}

TEST(ForwardHead, what_is_set_takes_the_place_of_all_of_that_name) {
  http::HeadParser parser;
  http::RequestView head;
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nx-a: 1\r\nX-B: 2\r\nX-A: 3\r\n\r\n";
  parser.parse(text, head);
  HeaderEdits edits;
  edits.set = {{"X-A", "new"}, {"X-Forwarded-Host", "b"}};
  edits.remove = {"x-b", "X-Request-Id", "X-Forwarded-For"};
  RequestForward how;
  how.visitor_ip = "10.1.1.1";
  how.request_id = "0123456789abcdef";
  how.edits = &edits;
  HeadScratch scratch;
  write_request(head, how, scratch);
  EXPECT_EQ(
      scratch.text(),
      "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\nX-A: new\r\nX-Forwarded-Host: b\r\n\r\n");
}

TEST(ForwardHead, says_what_it_came_by_behind_what_others_have_said) {
  http::HeadParser parser;
  http::RequestView head;
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred\r\nvia: 1.1 b, 1.1 c\r\n\r\n";
  parser.parse(text, head);
  HeadScratch scratch;
  RequestForward how;
  how.visitor_ip = "10.1.1.1";
  how.request_id = "0123456789abcdef";
  how.via = true;
  const auto written = [&] {
    write_request(head, how, scratch);
    return scratch.text();
  };
  const std::string before = "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred\r\nvia: 1.1 b, 1.1 c\r\n";
  EXPECT_TRUE(written().starts_with(before) && written().ends_with("\r\nVia: 1.1 slardar\r\n\r\n"))
      << written();
  how.came_by_http2 = true;
  EXPECT_TRUE(written().ends_with("\r\nVia: 2 slardar\r\n\r\n")) << written();
  HeaderEdits edits;
  edits.remove = {"Via"};
  how.edits = &edits;
  EXPECT_EQ(written().find("ia:"), std::string_view::npos) << written();
}

TEST(ForwardHead, a_cookie_of_the_gateway_stands_beside_the_peers) {
  ResponseForward how;
  how.set_cookie = "shop=1; Path=/";
  EXPECT_EQ(answered("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", how),
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: shop=1; Path=/\r\n\r\n");
}

TEST(ForwardHead, extends_the_list_of_addresses_and_keeps_an_id) {
  EXPECT_EQ(forwarded("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: "
                      "1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\n"
                      "X-Forwarded-Proto: https\r\nX-Request-ID: mine\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: "
            "mine\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.1.1.1\r\n"
            "X-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n\r\n");
}

TEST(ForwardHead, drops_fields_of_the_connection_and_those_it_names_but_no_protected_ones) {
  const std::string text = forwarded(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret, "
      "Host, X-Forwarded-For, Content-Length\r\n"
      "X-Secret: 1\r\nKeep-Alive: timeout=5\r\nTE: "
      "trailers\r\nUpgrade: h2c\r\nProxy-Connection: close\r\n"
      "Content-Length: 3\r\nX-Kept: 1\r\n\r\n");
  EXPECT_EQ(text,
            "GET / HTTP/1.1\r\nHost: a\r\nX-Kept: 1\r\nX-Forwarded-For: "
            "10.1.1.1\r\nX-Forwarded-Proto: http\r\n"
            "X-Forwarded-Host: a\r\nX-Request-Id: "
            "0123456789abcdef\r\nContent-Length: 3\r\n\r\n");
}

TEST(ForwardHead, names_a_host_for_visitors_who_do_not) {
  EXPECT_EQ(forwarded("GET / HTTP/1.0\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:20001\r\nX-Forwarded-For: "
            "10.1.1.1\r\nX-Forwarded-Proto: http\r\n"
            "X-Request-Id: 0123456789abcdef\r\n\r\n");
}

TEST(ForwardHead, passes_an_upgrade_on) {
  const std::string text = forwarded(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: "
      "Upgrade\r\nUpgrade: websocket\r\n\r\n",
      true);
  EXPECT_TRUE(text.ends_with("Connection: upgrade\r\nUpgrade: websocket\r\n\r\n")) << text;
}

TEST(ForwardHead, writes_the_framing_of_an_answer_anew) {
  ResponseForward how;
  how.length = true;
  EXPECT_EQ(answered("HTTP/1.1 200 OK\r\nContent-Length: 003\r\nConnection: "
                     "x-drop\r\nX-Drop: 1\r\nA: b\r\n\r\n",
                     how),
            "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\n");
  how = {};
  how.chunked = true;
  how.connection = VisitorConnection::kClose;
  EXPECT_EQ(answered("HTTP/1.0 404 Nope\r\nA: b\r\n\r\n", how),
            "HTTP/1.1 404 Nope\r\nA: b\r\nTransfer-Encoding: "
            "chunked\r\nConnection: close\r\n\r\n");
}

TEST(ForwardHead, only_a_request_without_a_body_is_upgraded_and_not_to_http) {
  const auto upgrades = [](const std::string& fields) {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n" + fields + "\r\n";
    http::HeadParser parser;
    http::RequestView head;
    EXPECT_EQ(parser.parse(text, head).status, http::HeadProgress::Status::kDone) << text;
    return wants_upgrade(head);
  };
  EXPECT_TRUE(upgrades("Upgrade: websocket\r\n"));
  EXPECT_TRUE(upgrades("Upgrade: websocket\r\nContent-Length: 0\r\n"));
  EXPECT_FALSE(upgrades(""));
  EXPECT_FALSE(upgrades("Upgrade: websocket\r\nContent-Length: 1\r\n"));
  EXPECT_FALSE(upgrades("Upgrade: websocket\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(upgrades("Upgrade: h2c\r\n"));
  EXPECT_FALSE(upgrades("Upgrade: websocket, H2C\r\n"));
  EXPECT_FALSE(upgrades("Upgrade: HTTP/2.0\r\n"));
  EXPECT_EQ(forwarded("GET / HTTP/1.1\r\nHost: a\r\nHTTP2-Settings: AAMAAABk\r\n\r\n").find("AAMA"),
            std::string::npos);
}

}  // namespace
}  // namespace hancock::slardar
