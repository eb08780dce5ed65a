#include "http/head_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace hancock::http {
namespace {

using HeadStatus = HeadProgress::Status;

HeadProgress parse_request(std::string_view input, RequestView& head, HeadLimits limits = {}) {
  HeadParser parser(limits);
  return parser.parse(input, head);
}

HeadProgress parse_response(std::string_view input, ResponseView& head) {
  HeadParser parser;
  return parser.parse(input, head);
}

TEST(HeadParser, a_request_is_seen_in_place_and_its_body_begins_after_the_empty_line) {
  const std::string input =
      "POST /a?b=c HTTP/1.1\r\nHost: x:80\r\nContent-Length:  7 \r\nX-Empty:\r\n\r\nbody...";
  RequestView head;
  const auto progress = parse_request(input, head);
  ASSERT_EQ(progress.status, HeadStatus::kDone);
  EXPECT_EQ(input.substr(progress.consumed), "body...");
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b=c");
  EXPECT_EQ(head.host, "x:80");
  EXPECT_EQ(head.content_length, 7u);
  EXPECT_EQ(head.get("x-empty"), "");
  EXPECT_EQ(head.target.data(), input.data() + 5);
  EXPECT_TRUE(head.persistent());
  const RequestHead copy = head.to_head();
  EXPECT_EQ(copy.headers.get("content-length"), "7");
  EXPECT_EQ(copy.minor_version, 1);
}

TEST(HeadParser, a_response_is_seen_in_place) {
  ResponseView head;
  const auto progress = parse_response("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: Chunked\r\n\r\n", head);
  ASSERT_EQ(progress.status, HeadStatus::kDone);
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not Found");
  EXPECT_TRUE(head.chunked);
  EXPECT_EQ(head.to_head().reason, "Not Found");
}

TEST(HeadParser, the_reason_phrase_may_be_empty_and_its_blank_missing) {
  ResponseView head;
  EXPECT_EQ(parse_response("HTTP/1.1 200 \r\n\r\n", head).status, HeadStatus::kDone);
  EXPECT_EQ(parse_response("HTTP/1.0 200\r\n\r\n", head).status, HeadStatus::kDone);
  EXPECT_EQ(head.reason, "");
  EXPECT_FALSE(head.persistent());
}

TEST(HeadParser, every_prefix_of_a_good_head_asks_for_more_even_when_the_input_moves) {
  const std::string whole = "GET / HTTP/1.1\r\nHost: example.com\r\nA: b\r\n\r\n";
  HeadParser parser;
  RequestView head;
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string moved = whole.substr(0, size);
    ASSERT_EQ(parser.parse(moved, head).status, HeadStatus::kNeedMore) << size;
  }
  ASSERT_EQ(parser.parse(whole, head).status, HeadStatus::kDone);
  EXPECT_EQ(head.host, "example.com");
  parser.reset();
  EXPECT_EQ(parser.parse(whole, head).status, HeadStatus::kDone);
  EXPECT_EQ(head.fields.size(), 2u);
}

TEST(HeadParser, a_broken_line_is_refused_before_the_head_is_complete) {
  HeadParser parser;
  RequestView head;
  EXPECT_EQ(parser.parse("GET / HTTP/1.1\r\n bad", head).status, HeadStatus::kNeedMore);
  const auto progress = parser.parse("GET / HTTP/1.1\r\n bad\r\n", head);
  EXPECT_EQ(progress.status, HeadStatus::kBad);
  EXPECT_EQ(progress.error.offset, 16u);
}

TEST(HeadParser, absolute_form_is_split_when_its_host_is_the_hosts) {
  RequestView head;
  ASSERT_EQ(
      parse_request("GET HTTP://Example.com:80/p?q HTTP/1.1\r\nhost: example.COM:80\r\n\r\n", head).status,
      HeadStatus::kDone);
  EXPECT_EQ(head.target, "/p?q");
  ASSERT_EQ(parse_request("GET https://h HTTP/1.1\r\nHost: h\r\n\r\n", head).status, HeadStatus::kDone);
  EXPECT_EQ(head.target, "/");
  ASSERT_EQ(parse_request("OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n", head).status, HeadStatus::kDone);
  EXPECT_EQ(head.target, "*");
}

TEST(HeadParser, connection_options_and_expectation_are_noted) {
  RequestView head;
  ASSERT_EQ(parse_request("PUT / HTTP/1.1\r\nHost: h\r\nConnection: X, Close\r\nConnection: UPGRADE\r\n"
                          "Expect: 100-Continue\r\n\r\n",
                          head)
                .status,
            HeadStatus::kDone);
  EXPECT_TRUE(head.close);
  EXPECT_TRUE(head.upgrade);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_FALSE(head.persistent());
  ASSERT_EQ(
      parse_request("GET / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n", head).status,
      HeadStatus::kDone);
  EXPECT_TRUE(head.persistent());
  EXPECT_FALSE(head.expects_continue);
}

TEST(HeadParser, limits_hold_to_the_byte) {
  RequestView head;
  const std::string input = "GET /12345 HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
  EXPECT_EQ(parse_request(input, head, {input.size(), 2, 6}).status, HeadStatus::kDone);
  EXPECT_EQ(parse_request(input, head, {input.size() - 1, 2, 6}).error.status, 431);
  EXPECT_EQ(parse_request(input, head, {input.size(), 1, 6}).error.status, 431);
  EXPECT_EQ(parse_request(input, head, {input.size(), 2, 5}).error.status, 414);
  const std::string endless = "GET / HTTP/1.1\r\nA: " + std::string(100, 'a');
  EXPECT_EQ(parse_request(endless, head, {100, 2, 6}).error.status, 431);
  EXPECT_EQ(parse_request("GET /" + std::string(100, 'a'), head, {100, 2, 6}).error.status, 414);
}

TEST(HeadParser, one_empty_line_before_a_request_is_skipped_but_not_two) {
  RequestView head;
  EXPECT_EQ(parse_request("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", head).status, HeadStatus::kDone);
  EXPECT_EQ(parse_request("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", head).status, HeadStatus::kBad);
  EXPECT_EQ(parse_request("\r\n", head).status, HeadStatus::kNeedMore);
}

struct HeadRule {
  const char* name;
  std::string input;
  const char* reason;
  int status = 400;
};

void PrintTo(const HeadRule& rule, std::ostream* out) { *out << rule.name; }
std::string name_of_rule(const testing::TestParamInfo<HeadRule>& info) { return info.param.name; }
std::string with(const std::string& lines) { return "POST / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n"; }
std::string line(const std::string& first) { return first + "\r\nHost: h\r\n\r\n"; }

class RefusedRequest : public testing::TestWithParam<HeadRule> {};

TEST_P(RefusedRequest, names_the_reason) {
  RequestView head;
  const auto progress = parse_request(GetParam().input, head);
  ASSERT_EQ(progress.status, HeadStatus::kBad);
  EXPECT_STREQ(progress.error.reason, GetParam().reason);
  EXPECT_EQ(progress.error.status, GetParam().status);
  EXPECT_LE(progress.error.offset, GetParam().input.size());
}

const char* const kLength = "Content-Length is no plain number";
const char* const kTab = "tab beside the value of a framing field";
const char* const kCoding = "Transfer-Encoding is not just chunked";

INSTANTIATE_TEST_SUITE_P(
    framing, RefusedRequest,
    testing::Values(
        HeadRule{"length_and_coding", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                 "both Content-Length and Transfer-Encoding"},
        HeadRule{"coding_and_length", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
                 "both Content-Length and Transfer-Encoding"},
        HeadRule{"repeated_length", with("Content-Length: 5\r\ncontent-length: 5\r\n"),
                 "repeated Content-Length"},
        HeadRule{"listed_length", with("Content-Length: 5,5\r\n"), kLength},
        HeadRule{"plus_length", with("Content-Length: +5\r\n"), kLength},
        HeadRule{"minus_length", with("Content-Length: -5\r\n"), kLength},
        HeadRule{"blank_in_length", with("Content-Length: 5 5\r\n"), kLength},
        HeadRule{"empty_length", with("Content-Length:\r\n"), kLength},
        HeadRule{"hex_length", with("Content-Length: 0x5\r\n"), kLength},
        HeadRule{"overflow_of_length", with("Content-Length: 9223372036854775808\r\n"), kLength},
        HeadRule{"wrapped_length", with("Content-Length: 18446744073709551621\r\n"), kLength},
        HeadRule{"coding_not_chunked", with("Transfer-Encoding: gzip\r\n"), kCoding},
        HeadRule{"coding_identity", with("Transfer-Encoding: identity\r\n"), kCoding},
        HeadRule{"coding_before_chunked", with("Transfer-Encoding: gzip, chunked\r\n"), kCoding},
        HeadRule{"coding_after_chunked", with("Transfer-Encoding: chunked, gzip\r\n"), kCoding},
        HeadRule{"chunked_twice_in_one", with("Transfer-Encoding: chunked, chunked\r\n"), kCoding},
        HeadRule{"chunked_twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                 "repeated Transfer-Encoding"},
        HeadRule{"chunked_with_parameter", with("Transfer-Encoding: chunked;q=1\r\n"), kCoding},
        HeadRule{"chunked_with_vertical_tab", with("Transfer-Encoding: \vchunked\r\n"),
                 "control byte in a header value"},
        HeadRule{"tab_before_chunked", with("Transfer-Encoding:\tchunked\r\n"), kTab},
        HeadRule{"tab_after_chunked", with("Transfer-Encoding: chunked\t\r\n"), kTab},
        HeadRule{"tab_before_length", with("Content-Length:\t5\r\n"), kTab},
        HeadRule{"coding_empty", with("Transfer-Encoding:\r\n"), kCoding},
        HeadRule{"coding_in_1_0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "Transfer-Encoding in HTTP/1.0"}),
    name_of_rule);

INSTANTIATE_TEST_SUITE_P(
    lines, RefusedRequest,
    testing::Values(
        HeadRule{"folded_line", with("A: b\r\n c\r\n"), "folded header line"},
        HeadRule{"folded_line_with_tab", with("A: b\r\n\tc\r\n"), "folded header line"},
        HeadRule{"folded_first_line", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "folded header line"},
        HeadRule{"blank_before_colon", with("A : b\r\n"), "blank before the colon of a header"},
        HeadRule{"tab_before_colon", with("Content-Length\t: 5\r\n"), "blank before the colon of a header"},
        HeadRule{"empty_name", with(": b\r\n"), "empty header name"},
        HeadRule{"name_no_token", with("A(b): c\r\n"), "header name is no token"},
        HeadRule{"name_with_nul", with(std::string("A\0b: c\r\n", 8)), "header name is no token"},
        HeadRule{"name_with_high_byte", with("A\xe9: c\r\n"), "header name is no token"},
        HeadRule{"no_colon", with("Abc\r\n"), "header line without a colon"},
        HeadRule{"bare_lf_in_fields", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", "bare LF"},
        HeadRule{"bare_lf_at_the_end", "GET / HTTP/1.1\r\nHost: h\r\n\n", "bare LF"},
        HeadRule{"bare_lf_after_request_line", "GET / HTTP/1.1\nHost: h\r\n\r\n", "bare LF"},
        HeadRule{"bare_cr_in_value", with("A: b\rc\r\n"), "bare CR"},
        HeadRule{"double_cr", with("A: b\r\r\n"), "bare CR"},
        HeadRule{"nul_in_value", with(std::string("A: b\0c\r\n", 8)), "control byte in a header value"},
        HeadRule{"escape_in_value", with("A: \x1b[1m\r\n"), "control byte in a header value"},
        HeadRule{"del_in_value", with("A: \x7f\r\n"), "control byte in a header value"}),
    name_of_rule);

INSTANTIATE_TEST_SUITE_P(
    host, RefusedRequest,
    testing::Values(HeadRule{"missing", "GET / HTTP/1.1\r\n\r\n", "missing Host"},
                    HeadRule{"empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "broken Host"},
                    HeadRule{"repeated", with("host: h\r\n"), "repeated Host"},
                    HeadRule{"mismatching", line("GET http://other/ HTTP/1.1"), "Host is not the target's"},
                    HeadRule{"mismatching_port", line("GET http://h:80/ HTTP/1.1"),
                             "Host is not the target's"},
                    HeadRule{"absolute_without_host", "GET http://h/ HTTP/1.1\r\n\r\n", "missing Host"},
                    HeadRule{"with_path", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", "broken Host"},
                    HeadRule{"with_user", "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", "broken Host"},
                    HeadRule{"listed", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "broken Host"},
                    HeadRule{"broken_port", "GET / HTTP/1.1\r\nHost: h:65536\r\n\r\n", "broken Host"},
                    HeadRule{"empty_port", "GET / HTTP/1.1\r\nHost: h:\r\n\r\n", "broken Host"},
                    HeadRule{"open_bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "broken Host"}),
    name_of_rule);

const char* const kNoVersion = "request line without a version (HTTP/0.9)";

INSTANTIATE_TEST_SUITE_P(
    request_line, RefusedRequest,
    testing::Values(
        HeadRule{"http_0_9", line("GET /"), kNoVersion},
        HeadRule{"http_0_9_by_name", line("GET / HTTP/0.9"), "broken HTTP version"},
        HeadRule{"http_2", line("GET / HTTP/2.0"), "HTTP version is neither 1.0 nor 1.1", 505},
        HeadRule{"http_1_2", line("GET / HTTP/1.2"), "HTTP version is neither 1.0 nor 1.1", 505},
        HeadRule{"lower_case_version", line("GET / http/1.1"), "broken HTTP version"},
        HeadRule{"blank_after_version", line("GET / HTTP/1.1 "), "broken HTTP version"},
        HeadRule{"two_blanks", line("GET  / HTTP/1.1"), "two blanks in the request line"},
        HeadRule{"blank_in_target", line("GET /a b HTTP/1.1"), "broken HTTP version"},
        HeadRule{"tab_for_blank", line("GET\t/ HTTP/1.1"), "broken method"},
        HeadRule{"method_no_token", line("G(T / HTTP/1.1"), "broken method"},
        HeadRule{"leading_blank", line(" GET / HTTP/1.1"), "not HTTP"},
        HeadRule{"tls", "\x16\x03\x01", "not HTTP"},
        HeadRule{"fragment", line("GET /a#b HTTP/1.1"), "fragment in the target"},
        HeadRule{"high_byte_in_target", line("GET /\xc3\xa9 HTTP/1.1"), "byte not allowed in the target"},
        HeadRule{"control_in_target", line("GET /\x01 HTTP/1.1"), "byte not allowed in the target"},
        HeadRule{"relative_target", line("GET a HTTP/1.1"), "target is neither a path nor an http URL"},
        HeadRule{"other_scheme", line("GET ftp://h/ HTTP/1.1"), "target is neither a path nor an http URL"},
        HeadRule{"url_without_host", line("GET http:///a HTTP/1.1"), "broken host in the target"},
        HeadRule{"url_with_user", line("GET http://u@h/ HTTP/1.1"), "broken host in the target"},
        HeadRule{"url_without_path", line("GET http://h?q HTTP/1.1"), "target URL without a path"},
        HeadRule{"star_for_get", line("GET * HTTP/1.1"), "target * is for OPTIONS only"},
        HeadRule{"trace", line("TRACE / HTTP/1.1"), "method not allowed", 405},
        HeadRule{"connect", line("CONNECT h:443 HTTP/1.1"), "method not allowed", 405}),
    name_of_rule);

class RefusedResponse : public testing::TestWithParam<HeadRule> {};

TEST_P(RefusedResponse, names_the_reason) {
  ResponseView head;
  const auto progress = parse_response(GetParam().input, head);
  ASSERT_EQ(progress.status, HeadStatus::kBad);
  EXPECT_STREQ(progress.error.reason, GetParam().reason);
}

std::string answer(const std::string& lines) { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n"; }

INSTANTIATE_TEST_SUITE_P(
    rules, RefusedResponse,
    testing::Values(
        HeadRule{"length_and_coding", answer("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                 "both Content-Length and Transfer-Encoding"},
        HeadRule{"listed_length", answer("Content-Length: 5, 5\r\n"), kLength},
        HeadRule{"repeated_length", answer("Content-Length: 5\r\nContent-Length: 5\r\n"),
                 "repeated Content-Length"},
        HeadRule{"coding_not_chunked", answer("Transfer-Encoding: gzip\r\n"), kCoding},
        HeadRule{"coding_in_1_0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "Transfer-Encoding in HTTP/1.0"},
        HeadRule{"folded_line", answer("A: b\r\n c\r\n"), "folded header line"},
        HeadRule{"blank_before_colon", answer("A : b\r\n"), "blank before the colon of a header"},
        HeadRule{"bare_lf", "HTTP/1.1 200 OK\nA: b\r\n\r\n", "bare LF"},
        HeadRule{"bare_cr_in_reason", "HTTP/1.1 200 O\rK\r\n\r\n", "control byte in the reason phrase"},
        HeadRule{"nul_in_value", answer(std::string("A: \0\r\n", 6)), "control byte in a header value"},
        HeadRule{"http_0_9", "hello", "not HTTP"},
        HeadRule{"version", "HTTP/2 200 OK\r\n\r\n", "broken HTTP version"},
        HeadRule{"two_digits", "HTTP/1.1 20 OK\r\n\r\n", "broken status code"},
        HeadRule{"four_digits", "HTTP/1.1 2000 OK\r\n\r\n", "broken status code"},
        HeadRule{"status_0", "HTTP/1.1 099 OK\r\n\r\n", "broken status code"},
        HeadRule{"leading_empty_line", "\r\nHTTP/1.1 200 OK\r\n\r\n", "not HTTP"}),
    name_of_rule);

}  // namespace
}  // namespace hancock::http
