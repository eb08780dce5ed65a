#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/logs/log_folder.h"
#include "agent/logs/log_line.h"
#include "agent/logs/log_reader.h"
#include "base/testing/temp_dir.h"

namespace hancock::agent {
namespace {

using testing::ElementsAre;

TEST(LogLine, ReadsWhatTheRuntimeWrites) {
  const auto line = parse_log_line("2026-11-22T16:50:54.221551936Z stdout F hello  world");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->time, "2026-11-22T16:50:54.221551936Z");
  EXPECT_EQ(line->stream, "stdout");
  EXPECT_EQ(line->text, "hello  world");
  EXPECT_FALSE(line->partial);
  EXPECT_EQ(parse_log_line("2026-11-22T16:50:54Z stderr F ")->text, "");
  EXPECT_TRUE(parse_log_line("2026-11-22T16:50:54.2Z stderr P half")->partial);
  for (const char* torn :
       {"", "2026-11-22T16:50:54Z", "2026-11-22T16:50:54Z stdout", "2026-11-22T16:50:54Z stdout F",
        "x stdout F y", "2026-11-22T16:50:54Z stdin F y", "2026-11-22T16:50:54Z stdout Q y"}) {
    EXPECT_FALSE(parse_log_line(torn)) << torn;
  }
}

TEST(LogLine, TimesAreUtc) {
  EXPECT_EQ(to_utc("2026-11-22T16:50:54.22+01:00"), "2026-11-22T15:50:54.220Z");
  EXPECT_EQ(to_utc("2026-11-22T23:50:54-02:30"), "2026-11-23T02:20:54.000Z");
  EXPECT_FALSE(to_utc("yesterday"));
}

TEST(LogLine, JsonReplacesWhatIsNoText) {
  EXPECT_EQ(to_ndjson({"t", "stdout", "a\"b", false}),
            "{\"time\":\"t\",\"stream\":\"stdout\",\"line\":\"a\\\"b\"}\n");
  EXPECT_THAT(to_ndjson({"t", "stdout", "\xff", false}), testing::HasSubstr("\xEF\xBF\xBD"));
}

class LogReaderTest : public testing::Test {
 protected:
  void write(const std::string& file, const std::string& text, const std::string& stream = "stdout") {
    std::ofstream(folder_ / file, std::ios::app)
        << "2026-11-22T16:50:" << 10 + second_++ << "Z " << stream << " F " << text << "\n";
  }
  static std::vector<std::string> texts(LogReader& reader) {
    std::vector<std::string> result;
    for (auto lines = reader.read(1 << 20); !lines.empty(); lines = reader.read(1 << 20)) {
      for (auto& line : lines) result.push_back(line.text);
    }
    return result;
  }
  std::vector<std::string> read(LogQuery query) {
    LogReader reader(folder_, std::move(query));
    return texts(reader);
  }

  const TempDir temp_{"log_test"};
  const std::filesystem::path folder_ = temp_.path();
  int second_ = 0;
};

TEST_F(LogReaderTest, ReadsAttemptsAndPartsInTheirOrder) {
  write("1.log", "a");
  write("2.log.9", "b");
  write("2.log.10", "c");
  write("2.log", "d");
  write("10.log", "e");
  write("other.txt", "x");
  EXPECT_THAT(read({}), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(LogReaderTest, TailSinceAndStreamChoose) {
  write("1.log", "a");
  write("1.log", "b", "stderr");
  write("2.log", "c");
  write("2.log", "d", "stderr");
  EXPECT_THAT(read({.tail = 3}), ElementsAre("b", "c", "d"));
  EXPECT_THAT(read({.tail = 1, .stream = "stdout"}), ElementsAre("c"));
  EXPECT_THAT(read({.tail = 0}), ElementsAre());
  EXPECT_THAT(read({.tail = 9}), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(read({.since = parse_rfc3339("2026-11-22T16:50:12Z")}), ElementsAre("c", "d"));
}

TEST_F(LogReaderTest, FollowsOverRotationAndRestart) {
  write("1.log", "a");
  LogReader reader(folder_, {});
  EXPECT_THAT(texts(reader), ElementsAre("a"));
  write("1.log", "b");
  ASSERT_TRUE(rotate_log(folder_, 1, 3));
  write("1.log.1", "c");  // the writer has not heard of it yet
  EXPECT_THAT(texts(reader), ElementsAre("b", "c"));
  write("1.log", "d");
  write("2.log", "e");
  EXPECT_THAT(texts(reader), ElementsAre("d", "e"));
}

TEST_F(LogReaderTest, AHalfWrittenLineWaitsForItsEnd) {
  LogReader reader(folder_, {});
  EXPECT_THAT(texts(reader), ElementsAre());
  std::ofstream(folder_ / "1.log") << "2026-11-22T16:50:10Z stdout F hal";
  EXPECT_THAT(texts(reader), ElementsAre());
  std::ofstream(folder_ / "1.log", std::ios::app) << "f\n";
  EXPECT_THAT(texts(reader), ElementsAre("half"));
}

TEST_F(LogReaderTest, JoinsPartialLinesOfAStream) {
  std::ofstream(folder_ / "1.log")
      << "2026-11-22T16:50:10Z stdout P one \n2026-11-22T16:50:10Z stderr F err\n"
         "2026-11-22T16:50:10Z stdout F two\n";
  EXPECT_THAT(read({}), ElementsAre("err", "one two"));
}

TEST_F(LogReaderTest, RotationKeepsABoundedNumberOfParts) {
  for (int i = 0; i < 5; ++i) {
    write("1.log", std::to_string(i));
    ASSERT_TRUE(rotate_log(folder_, 1, 2));
  }
  EXPECT_THAT(read({}), ElementsAre("3", "4"));
}

TEST_F(LogReaderTest, WhatHasGrownIsRotatedAndTheRuntimeIsToOpenItAnew) {
  write("1.log", "a line that is longer than ten bytes");
  EXPECT_EQ(*rotate_if_due(folder_, 1, {.file_bytes = 1000}), false);
  EXPECT_EQ(*rotate_if_due(folder_, 1, {.file_bytes = 10}), true);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "1.log"));
  EXPECT_EQ(*rotate_if_due(folder_, 1, {.file_bytes = 10}), true) << "nobody has opened it anew yet";
  write("1.log", "b");
  EXPECT_EQ(*rotate_if_due(folder_, 1, {.file_bytes = 1000}), false);
}

TEST_F(LogReaderTest, OnlyTheNewestAttemptsAreKept) {
  for (const char* file : {"1.log", "2.log.1", "2.log", "9.log", "10.log.1", "10.log"}) write(file, file);
  drop_old_attempts(folder_, 2);
  EXPECT_THAT(read({}), ElementsAre("9.log", "10.log.1", "10.log"));
}

TEST_F(LogReaderTest, TheLastLineMayHaveBeenRotatedAway) {
  write("1.log", "panic");
  ASSERT_TRUE(rotate_log(folder_, 1, 2));
  EXPECT_EQ(last_line(folder_, 1, 100), "panic");
}

TEST_F(LogReaderTest, TheLastLineIsTheLastThatSaysSomething) {
  EXPECT_EQ(last_line(folder_, 1, 100), "");
  write("1.log", "panic: no such thing", "stderr");
  write("1.log", "");
  EXPECT_EQ(last_line(folder_, 1, 100), "panic: no such thing");
  EXPECT_EQ(last_line(folder_, 1, 5), "panic…");
}

}  // namespace
}  // namespace hancock::agent
