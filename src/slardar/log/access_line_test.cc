#include "slardar/log/access_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"

namespace hancock::slardar {
namespace {

AccessEntry logged_entry() {
  AccessEntry entry;
  entry.time = *parse_rfc3339("2026-01-31T08:15:30.250Z");
  entry.id = "0123456789abcdef";
  entry.visitor_ip = "10.1.1.1";
  entry.method = "GET";
  entry.host = "shop.test";
  entry.target = "/a?b";
  entry.protocol = "HTTP/1.1";
  entry.status = 200;
  entry.bytes_in = 5;
  entry.bytes_out = 1'234;
  entry.took = 1'500us;
  entry.tenant = "default";
  entry.app = "shop";
  entry.service = "web";
  entry.version = "3";
  entry.peer = "10.0.0.7:20001";
  entry.tries = 1;
  entry.trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  entry.user_agent = "curl/8";
  return entry;
}

TEST(AccessLine, json_has_every_field) {
  AccessLineWriter writer(AccessLogFormat::kJson);
  EXPECT_EQ(writer.write(logged_entry()),
            R"({"time":"2026-01-31T08:15:30.250Z","id":"0123456789abcdef","ip":"10.1.1.1","method":"GET",)"
            R"("host":"shop.test","path":"/a?b","protocol":"HTTP/1.1","status":200,"bytes_in":5,)"
            R"("bytes_out":1234,"duration_us":1500,"tenant":"default","app":"shop","service":"web",)"
            R"("version":"3","peer":"10.0.0.7:20001","tries":1,"error":"",)"
            R"("trace":"4bf92f3577b34da6a3ce929d0e0e4736","user_agent":"curl/8","referer":""})"
            "\n");
}

TEST(AccessLine, combined_is_that_of_other_servers) {
  AccessLineWriter writer(AccessLogFormat::kCombined);
  EXPECT_EQ(writer.write(logged_entry()),
            "10.1.1.1 - - [31/Jan/2026:08:15:30 +0000] \"GET /a?b HTTP/1.1\" 200 1234 \"-\" \"curl/8\"\n");
  AccessEntry broken = logged_entry();
  broken.method = broken.target = "";
  broken.user_agent = "a\"b\\c\n\xff";
  EXPECT_EQ(writer.write(broken),
            "10.1.1.1 - - [31/Jan/2026:08:15:30 +0000] \"-\" 200 1234 \"-\" \"a\\x22b\\x5Cc\\x0A\\xFF\"\n");
}

TEST(AccessLine, what_was_sent_is_read_back) {
  AccessLineWriter writer(AccessLogFormat::kJson);
  AccessEntry hostile = logged_entry();
  const std::string agent = "\"},{\"status\":500,\\ \t\x01\x7f \xc3\xa4 \xf0\x9f\x98\x80";
  hostile.user_agent = agent;
  EXPECT_EQ(nlohmann::json::parse(writer.write(hostile))["user_agent"], agent);
  hostile.user_agent = "a\xff\xc3(b";
  EXPECT_EQ(nlohmann::json::parse(writer.write(hostile))["user_agent"], "a\xef\xbf\xbd\xef\xbf\xbd(b");
}

TEST(AccessLine, a_byte_that_is_not_plain_is_seen_at_any_place_of_any_length) {
  AccessLineWriter writer(AccessLogFormat::kJson);
  AccessEntry hostile = logged_entry();
  for (size_t size = 1; size <= 20; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (const char byte : {'"', '\\', '\n', '\x7f'}) {
        std::string agent(size, 'a');
        agent[at] = byte;
        hostile.user_agent = agent;
        EXPECT_EQ(nlohmann::json::parse(writer.write(hostile))["user_agent"], agent);
      }
    }
  }
}

TEST(AccessLine, whatever_bytes_come_each_line_is_one_json_object) {
  SeededRandom random(7);
  AccessLineWriter json(AccessLogFormat::kJson);
  AccessLineWriter combined(AccessLogFormat::kCombined);
  for (int round = 0; round < 2'000; ++round) {
    std::string fields[5];
    for (std::string& field : fields) {
      const size_t size = random.below(40);
      for (size_t i = 0; i < size; ++i) {
        // Half of it is what a line is made of.
        constexpr std::string_view kMarks = "\"\\\n\r{}[]:,\xc3\xe2\xf0\x80\xbf\xff";
        field +=
            random.below(2) == 0 ? kMarks[random.below(kMarks.size())] : static_cast<char>(random.below(256));
      }
    }
    AccessEntry hostile = logged_entry();
    hostile.target = fields[0];
    hostile.user_agent = fields[1];
    hostile.referer = fields[2];
    hostile.host = fields[3];
    hostile.id = fields[4];
    const std::string_view line = json.write(hostile);
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    const auto read = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(read.is_object()) << line;
    EXPECT_EQ(read.size(), 21U);
    EXPECT_EQ(read["status"], 200);
    const std::string_view other = combined.write(hostile);
    ASSERT_EQ(other.find('\n'), other.size() - 1);
    EXPECT_EQ(std::count(other.begin(), other.end(), '"'), 6) << other;
  }
}

}  // namespace
}  // namespace hancock::slardar
