#include "http/fuzz/differential.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/random.h"
#include "http/fuzz/llhttp_oracle.h"
#include "http/fuzz/reading.h"

namespace hancock::http {
namespace {

/// What a fuzzer has found bears its digest as a name.
bool is_written_by_hand(const std::filesystem::path& seed) { return seed.filename().string().size() < 40; }

std::vector<std::string> corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(SEEDS))
    if (is_written_by_hand(entry.path())) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> messages;
  for (const auto& path : paths) messages.push_back(*read_file(path));
  return messages;
}

// What breaks parsers, to be put anywhere.
const std::vector<std::string> kPoison = {"\r\n",
                                          "\n",
                                          "\r",
                                          " ",
                                          "\t",
                                          ":",
                                          ";",
                                          ",",
                                          "=",
                                          "\"",
                                          "\\",
                                          "#",
                                          "?",
                                          "/",
                                          "0",
                                          "5",
                                          "f",
                                          "+",
                                          "-",
                                          std::string(1, '\0'),
                                          "\x0b",
                                          "\x7f",
                                          "\x80",
                                          "\xff",
                                          "0\r\n\r\n",
                                          "5\r\nhello\r\n",
                                          "0x",
                                          "http://h/",
                                          "*",
                                          "Content-Length: 5\r\n",
                                          "Content-Length: 0\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Host: h\r\n",
                                          "HTTP/1.0",
                                          "Connection: upgrade\r\nUpgrade: x\r\n",
                                          "Connection: close\r\n",
                                          "chunked",
                                          "GET / HTTP/1.1\r\nHost: h\r\n\r\n"};

class Mutator {
 public:
  Mutator(uint64_t seed, std::vector<std::string> messages) : random_(seed), messages_(std::move(messages)) {}

  std::string next() {
    std::string message = pick(messages_);
    for (uint64_t left = 1 + random_.below(4); left > 0; --left) mutate(message);
    return message;
  }

 private:
  const std::string& pick(const std::vector<std::string>& from) { return from[random_.below(from.size())]; }
  size_t place(const std::string& message) { return random_.below(message.size() + 1); }

  void mutate(std::string& message) {
    const size_t at = place(message);
    switch (random_.below(6)) {
      case 0:
        message.insert(at, pick(kPoison));
        break;
      case 1:
        message.erase(at, 1 + random_.below(4));
        break;
      case 2:
        if (at < message.size()) message[at] = static_cast<char>(random_.below(256));
        break;
      case 3:
        message.insert(at, message.substr(place(message), random_.below(40)));
        break;
      case 4:
        message.replace(at, 1 + random_.below(3), pick(kPoison));
        break;
      default: {
        const std::string& other = pick(messages_);
        message = message.substr(0, at) + other.substr(place(other));
      }
    }
  }

  SeededRandom random_;
  std::vector<std::string> messages_;
};

TEST(Differential, llhttp_reads_every_message_of_the_corpus_as_we_do) {
  const auto messages = corpus();
  EXPECT_GE(messages.size(), 20u);
  for (const std::string& message : messages) {
    EXPECT_EQ(find_difference(message), std::nullopt) << message;
    EXPECT_NE(read_message(message).outcome, Reading::Outcome::kBad) << message;
  }
}

TEST(Differential, llhttp_reads_every_mutation_that_we_accept_as_we_do) {
  Mutator mutator(20260101, corpus());
  size_t accepted = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string message = mutator.next();
    ASSERT_EQ(find_difference(message), std::nullopt) << testing::PrintToString(message);
    accepted += read_message(message).head_done ? 1 : 0;
  }
  EXPECT_GT(accepted, 5'000u);  // else the mutations are too wild to say anything
}

TEST(Differential, the_oracle_is_strict_enough_to_be_one) {
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\n";
  const auto refuses = [](const std::string& message) {
    return read_message_with_llhttp(message).outcome == Reading::Outcome::kBad;
  };
  EXPECT_TRUE(refuses(request + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_TRUE(refuses(request + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_TRUE(refuses(request + "Transfer-Encoding: chunked\r\n\r\n5 \r\n"));
}

}  // namespace
}  // namespace hancock::http
