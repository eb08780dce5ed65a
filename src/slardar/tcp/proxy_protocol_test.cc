#include "slardar/tcp/proxy_protocol.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hancock::slardar {
namespace {

using namespace std::string_literals;

struct ReadHeader {
  std::string source;  // "none", or why it was refused
  std::string destination;
  size_t bytes = 0;
};

/// As from a socket: never more than is asked for.
ReadHeader read_header(const std::string& input) {
  ProxyHeaderReader reader;
  size_t at = 0;
  while (reader.wants() > 0) {
    const std::string bytes = input.substr(at, reader.wants());
    if (bytes.empty()) return {"cut short", "", at};
    at += bytes.size();
    if (const auto took = reader.take(bytes); !took) return {took.error().message, "", at};
  }
  const auto& [source, destination] = reader.peers();
  return {source ? source->to_string() : "none", destination ? destination->to_string() : "none", at};
}

std::string block(char command, char family, const std::string& rest) {
  return "\r\n\r\n\0\r\nQUIT\n"s + command + family + static_cast<char>(rest.size() >> 8) +
         static_cast<char>(rest.size() & 0xff) + rest;
}

TEST(ProxyProtocol, a_line_says_who_came) {
  const std::string line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
  const ReadHeader read = read_header(line + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(read.source, "192.0.2.1:56324");
  EXPECT_EQ(read.destination, "198.51.100.2:443");
  EXPECT_EQ(read.bytes, line.size()) << "what follows is left where it is";
  EXPECT_EQ(read_header("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n").source, "[2001:db8::1]:1");
  EXPECT_EQ(read_header("PROXY UNKNOWN\r\n").source, "none");
  EXPECT_EQ(read_header("PROXY UNKNOWN ff:fe:: 1 2 what ever\r\n").source, "none");
}

TEST(ProxyProtocol, a_line_that_says_it_otherwise_is_refused) {
  for (const char* line :
       {"PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 01 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 +1 443\r\n", "PROXY TCP4 ::1 ::2 1 443\r\n",
        "PROXY TCP4 192.0.2.1  198.51.100.2 1 443\r\n", "PROXY UDP4 192.0.2.1 198.51.100.2 1 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1 443\n", "GET / HTTP/1.1\r\n\r\n", "proxy UNKNOWN\r\n"}) {
    EXPECT_TRUE(read_header(line).source.starts_with("PROXY header: ")) << line;
  }
  const ReadHeader endless = read_header("PROXY UNKNOWN " + std::string(1'000, 'a'));
  EXPECT_EQ(endless.source, "PROXY header: a line without an end");
  EXPECT_EQ(endless.bytes, 107U);
}

TEST(ProxyProtocol, a_block_says_who_came) {
  const std::string four = "\xc0\x00\x02\x01\xc6\x33\x64\x02\xdc\x04\x01\xbb"s;
  const std::string whole = block('\x21', '\x11', four);
  const ReadHeader read = read_header(whole + "GET /");
  EXPECT_EQ(read.source, "192.0.2.1:56324");
  EXPECT_EQ(read.destination, "198.51.100.2:443");
  EXPECT_EQ(read.bytes, whole.size());
  EXPECT_EQ(read_header(block('\x21', '\x11',
                              four + "\x04\x00\x03"
                                     "abc"s))
                .source,
            "192.0.2.1:56324")
      << "extensions";
  EXPECT_EQ(read_header(block('\x20', '\x11', four)).source, "none") << "LOCAL";
  EXPECT_EQ(read_header(block('\x21', '\x00', "")).source, "none") << "UNSPEC";
  EXPECT_EQ(read_header(block('\x21', '\x31', std::string(216, 'a'))).source, "none") << "a unix socket";
}

TEST(ProxyProtocol, a_block_that_nobody_understands_is_refused) {
  EXPECT_TRUE(read_header(block('\x11', '\x11', std::string(12, 'a'))).source.starts_with("PROXY header"));
  EXPECT_TRUE(read_header(block('\x22', '\x11', std::string(12, 'a'))).source.starts_with("PROXY header"));
  EXPECT_TRUE(read_header(block('\x21', '\x11', std::string(11, 'a'))).source.starts_with("PROXY header"));
  EXPECT_TRUE(read_header(block('\x21', '\x21', std::string(35, 'a'))).source.starts_with("PROXY header"));
  EXPECT_EQ(read_header(block('\x21', '\x11', std::string(4'000, 'a'))).source, "PROXY header: too long");
}

TEST(ProxyProtocol, what_is_written_is_read_back) {
  const auto four = *io::Address::parse("192.0.2.1:1");
  const auto other = *io::Address::parse("192.0.2.2:65535");
  const auto six = *io::Address::parse("[2001:db8::1]:443");
  EXPECT_EQ(proxy_header(ProxyProtocol::kV1, four, other), "PROXY TCP4 192.0.2.1 192.0.2.2 1 65535\r\n");
  for (const ProxyProtocol version : {ProxyProtocol::kV1, ProxyProtocol::kV2}) {
    const ReadHeader read = read_header(proxy_header(version, four, other));
    EXPECT_EQ(read.source, "192.0.2.1:1");
    EXPECT_EQ(read.destination, "192.0.2.2:65535");
    EXPECT_EQ(read_header(proxy_header(version, six, six)).source, "[2001:db8::1]:443");
    EXPECT_EQ(read_header(proxy_header(version, four, six)).source, "none") << "of two families";
  }
}

}  // namespace
}  // namespace hancock::slardar
