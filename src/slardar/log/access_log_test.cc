#include "slardar/log/access_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>
#include <tuple>

#include "base/file.h"
#include "slardar/log/log_ring.h"

namespace hancock::slardar {
namespace {

TEST(LogRing, gives_back_what_was_put_in_over_its_end_and_again) {
  const auto ring = std::make_unique<LogRing>();
  const std::string line = std::string(1'000, 'a') + "\n";
  std::string out;
  size_t pushed = 0;
  for (int i = 0; i < 5'000; ++i) {
    if (ring->push(line)) ++pushed;
    if (i % 700 == 0) ring->drain(out);
  }
  ring->drain(out);
  EXPECT_EQ(pushed, 5'000U);
  EXPECT_EQ(out.size(), pushed * line.size());
  for (size_t at = 0; at < out.size(); at += line.size()) ASSERT_EQ(out.compare(at, line.size(), line), 0);
}

TEST(LogRing, drops_and_counts_what_does_not_fit) {
  const auto ring = std::make_unique<LogRing>();
  const std::string line(LogRing::kBytes / 4, 'a');
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring->push(line));
  EXPECT_FALSE(ring->push("b"));
  EXPECT_EQ(ring->dropped(), 1U);
  std::string out;
  ring->drain(out);
  EXPECT_EQ(out.size(), LogRing::kBytes);
  EXPECT_TRUE(ring->push("b"));
}

TEST(LogRing, a_reader_beside_the_writer_sees_whole_lines) {
  const auto ring = std::make_unique<LogRing>();
  constexpr int kLines = 200'000;
  std::thread writer([&] {
    for (int i = 0; i < kLines; ++i) {
      const std::string line = std::to_string(i) + "\n";
      while (!ring->push(line)) std::this_thread::yield();
    }
  });
  std::string out;
  int next = 0;
  while (next < kLines) {
    ring->drain(out);
    size_t from = 0;
    for (size_t end = out.find('\n'); end != std::string::npos; end = out.find('\n', from)) {
      ASSERT_EQ(out.substr(from, end - from), std::to_string(next++));
      from = end + 1;
    }
    out.erase(0, from);
  }
  writer.join();
  EXPECT_EQ(out, "");
}

class AccessLogFile : public ::testing::Test {
 protected:
  AccessLogFile() { std::filesystem::create_directories(folder_); }
  ~AccessLogFile() override { std::filesystem::remove_all(folder_); }
  std::string content(const std::string& name) { return read_file(folder_ / name).value_or(""); }
  std::unique_ptr<AccessLog> open() {
    auto log = AccessLog::open(folder_ / "access.log", AccessLogFormat::kCombined, 2);
    EXPECT_TRUE(log);
    return std::move(*log);
  }
  static AccessEntry entry(std::string_view ip) {
    AccessEntry entry;
    entry.visitor_ip = ip;
    return entry;
  }
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("access_log_test." + std::to_string(::getpid()));
};

TEST_F(AccessLogFile, has_at_its_end_what_every_worker_said) {
  {
    const auto log = open();
    log->port(0).add(entry("10.0.0.1"));
    log->port(1).add(entry("10.0.0.2"));
  }
  const std::string text = content("access.log");
  EXPECT_NE(text.find("10.0.0.1 - - "), std::string::npos) << text;
  EXPECT_NE(text.find("10.0.0.2 - - "), std::string::npos) << text;
  {
    const auto log = open();
    log->port(0).add(entry("10.0.0.3"));
  }
  EXPECT_EQ(content("access.log").find(text), 0U) << "it is appended to";
}

TEST_F(AccessLogFile, is_opened_anew_after_a_rotation) {
  {
    const auto log = open();
    log->port(0).add(entry("10.0.0.1"));
    std::filesystem::rename(folder_ / "access.log", folder_ / "access.log.1");
    log->reopen();
    while (content("access.log.1").empty() || !std::filesystem::exists(folder_ / "access.log"))
      std::this_thread::yield();
    log->port(0).add(entry("10.0.0.2"));
  }
  EXPECT_NE(content("access.log.1").find("10.0.0.1"), std::string::npos);
  EXPECT_NE(content("access.log").find("10.0.0.2"), std::string::npos);
  EXPECT_EQ(content("access.log").find("10.0.0.1"), std::string::npos);
}

TEST_F(AccessLogFile, lines_that_cannot_be_written_are_counted) {
  auto log = AccessLog::open("/dev/full", AccessLogFormat::kCombined, 1);
  ASSERT_TRUE(log);
  (*log)->port(0).add(entry("10.0.0.1"));
  (*log)->port(0).add(entry("10.0.0.1"));
  while ((*log)->dropped() == 0) std::this_thread::yield();
  EXPECT_EQ((*log)->dropped(), 2U);
}

TEST_F(AccessLogFile, one_that_takes_nothing_holds_nobody_up_at_the_end) {
  const std::filesystem::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  auto log = AccessLog::open(pipe, AccessLogFormat::kCombined, 1);
  ASSERT_TRUE(log);
  for (int i = 0; i < 5'000; ++i) (*log)->port(0).add(entry("10.0.0.1"));  // more than a pipe holds
  EXPECT_FALSE((*log)->close(50ms));
  std::atomic<bool> is_over = false;
  std::thread reads([&] {
    std::array<char, 4096> bytes{};
    while (!is_over) {
      pollfd each{reader.get(), POLLIN, 0};
      if (::poll(&each, 1, 10) == 1) std::ignore = ::read(reader.get(), bytes.data(), bytes.size());
    }
  });
  log->reset();
  is_over = true;
  reads.join();
}

TEST_F(AccessLogFile, one_that_cannot_be_opened_is_an_error) {
  EXPECT_FALSE(AccessLog::open(folder_ / "no" / "access.log", AccessLogFormat::kJson, 1));
}

}  // namespace
}  // namespace hancock::slardar
