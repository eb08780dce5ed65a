#include "slardar/tls/client_hello.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

using Status = ClientHello::Status;

std::string counted(size_t length_bytes, const std::string& what) {
  std::string length;
  for (size_t i = length_bytes; i-- > 0;) length += static_cast<char>(what.size() >> (8 * i) & 0xff);
  return length + what;
}

std::string extension(char kind, const std::string& what) {
  return std::string{'\0', kind} + counted(2, what);
}

std::string sni(const std::string& name) {
  return extension(0, counted(2, std::string(1, '\0') + counted(2, name)));
}

std::string message(const std::string& extensions) {
  const std::string body = "\x03\x03" + std::string(32, 'r') + counted(1, "session") +
                           counted(2, "\x13\x01") + counted(1, std::string(1, '\0')) + counted(2, extensions);
  return "\x01" + counted(3, body);
}

std::string record(const std::string& what) { return "\x16\x03\x01" + counted(2, what); }

std::string hello(const std::string& name) {
  return record(message(extension(43, "\x02\x03\x04") + sni(name)));
}

TEST(ClientHello, the_name_is_read_and_lowered) {
  const ClientHello read = parse_client_hello(hello("Shop.Test"));
  EXPECT_EQ(read.status, Status::kDone);
  EXPECT_EQ(read.server_name, "shop.test");
}

TEST(ClientHello, without_a_name_it_is_done_too) {
  EXPECT_EQ(parse_client_hello(record(message(extension(43, "x")))).status, Status::kDone);
  EXPECT_EQ(parse_client_hello(record(message(""))).server_name, "");
}

TEST(ClientHello, any_part_of_it_is_not_enough) {
  const std::string whole = hello("shop.test");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(parse_client_hello(whole.substr(0, size)).status, Status::kNeedMore) << size;
  EXPECT_EQ(parse_client_hello(whole + "what comes next").server_name, "shop.test");
}

TEST(ClientHello, it_may_come_in_many_records) {
  std::string all;
  for (const char c : message(sni("shop.test"))) all += record(std::string(1, c));
  EXPECT_EQ(parse_client_hello(all).server_name, "shop.test");
  EXPECT_EQ(parse_client_hello(all.substr(0, all.size() - 1)).status, Status::kNeedMore);
}

TEST(ClientHello, what_is_something_else_is_known_at_once) {
  EXPECT_EQ(parse_client_hello("G").status, Status::kBad);
  EXPECT_EQ(parse_client_hello("\x16\x02").status, Status::kBad);
  EXPECT_EQ(parse_client_hello(record("\x02more")).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(std::string("\x16\x03\x01\x00\x00", 5)).status, Status::kBad);
  EXPECT_EQ(parse_client_hello("\x16\x03\x01\xff\xff").status, Status::kBad);
}

TEST(ClientHello, broken_ones_are_refused) {
  EXPECT_EQ(parse_client_hello(hello("")).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(hello("a b")).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(hello("*.shop.test")).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(hello(std::string(256, 'a'))).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(record(message(sni("a.test") + sni("b.test")))).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(record(message(extension(0, "")))).status, Status::kBad);
  EXPECT_EQ(parse_client_hello(record(message("\x01"))).status, Status::kBad);
}

TEST(ClientHello, its_length_is_bounded) {
  const std::string padding = extension(21, std::string(kClientHelloMax, '\0'));
  const std::string whole = message(padding + sni("shop.test"));
  const std::string two = record(whole.substr(0, 16'000)) + record(whole.substr(16'000));
  EXPECT_EQ(parse_client_hello(two).status, Status::kBad);
}

}  // namespace
}  // namespace hancock::slardar
