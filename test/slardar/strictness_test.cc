// The same bytes to slardar and to its rivals, and what their peers see of them: docs/strictness.md.
//
// slardar's column is asserted; with HANCOCK_WRITE_STRICTNESS=1 the document is written anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "proxies.h"
#include "strictness_cases.h"

namespace hancock::slardar {
namespace {

using namespace testing;

const std::string kGet = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
const std::string kLastRequest = "GET /last HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n";
const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string kDocument = source_folder() / "docs/strictness.md";
constexpr Duration kRivalsPatience = 2s;

std::string status_in(const std::string& said) {
  return said.starts_with("HTTP/1.") && said.size() > 12 ? said.substr(9, 3) : "";
}

/// Without case: some write names anew.
bool holds(const std::string& text, const std::string& mark) {
  const auto same = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), mark.begin(), mark.end(), same) != text.end();
}

/// What a proxy does with a request: the status of its refusal, "passed on" with its mark, or "repaired".
std::string outcome_of(Proxy& proxy, const StrictnessCase& asked, Duration patience) {
  proxy.peer().begin(kAnswer);
  const std::string said = proxy.said_to(asked.bytes + kLastRequest, patience);
  const std::string seen = proxy.peer().seen();
  const bool is_marked = holds(seen, asked.mark);
  const std::string status = status_in(said);
  if (seen.empty()) {
    if (status.empty()) return said.empty() ? "no answer" : "answered without a head";
    return status;
  }
  const std::string reached = is_marked ? "passed on" : "repaired";
  return status == "200" ? reached : reached + ", " + (status.empty() ? "no answer" : status);
}

/// What it makes of an answer: 502, "passed on" with its mark, or "repaired".
std::string outcome_of_answer(Proxy& proxy, const StrictnessCase& given, Duration patience) {
  proxy.said_to(kLastRequest, patience);  // leaves a connection to the peer that may be reused
  proxy.peer().begin(given.bytes, RecordingPeer::Then::kClose);
  const std::string said =
      proxy.said_to(kGet.substr(0, kGet.size() - 2) + "Connection: close\r\n\r\n", patience);
  const std::string status = status_in(said);
  if (status.empty()) return "no answer";
  if (status != "200" && status != "101") return status;
  return holds(said, given.mark) ? "passed on" : "repaired";
}

std::string escaped(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\|");
  return text;
}

class Strictness : public ::testing::Test {
 protected:
  using Outcome = std::string (*)(Proxy&, const StrictnessCase&, Duration);
  std::string table(const std::string& what, const std::vector<StrictnessCase>& cases, Outcome outcome) {
    std::string text = "| " + what + " | slardar | nginx | HAProxy | Caddy |\n|---|---|---|---|---|\n";
    for (const StrictnessCase& each : cases) {
      text += "| " + escaped(each.name) + " |";
      for (const auto& proxy : proxies_) {
        const bool is_ours = proxy->name() == "slardar";
        const std::string done = outcome(*proxy, each, is_ours ? 20s : kRivalsPatience);
        if (is_ours) {
          EXPECT_EQ(done, each.expected) << what << ": " << each.name;
        }
        text += " " + done + " |";
      }
      text += "\n";
    }
    return text;
  }
  /// The rows of the document have what slardar does in their second column.
  static void compare(const std::string& document, const std::vector<StrictnessCase>& cases) {
    for (const StrictnessCase& each : cases)
      EXPECT_NE(document.find("\n| " + escaped(each.name) + " | " + each.expected + " |"), std::string::npos)
          << "not in docs/strictness.md: " << each.name;
  }

  io::Loop loop_;
  std::vector<std::unique_ptr<Proxy>> proxies_;
};

TEST_F(Strictness, what_peers_and_visitors_see_of_bytes_with_two_readings) {
  using Kind = Proxy::Kind;
  for (const Kind kind : {Kind::kSlardar, Kind::kNginx, Kind::kHaproxy, Kind::kCaddy})
    proxies_.push_back(std::make_unique<Proxy>(loop_, kind));
  const std::string tables = table("a request with", strict_requests(), outcome_of) + "\n" +
                             table("an answer with", strict_answers(), outcome_of_answer);
  std::fputs(tables.c_str(), stdout);
  std::string document = read_file(kDocument).value_or("");
  if (std::getenv("HANCOCK_WRITE_STRICTNESS")) {
    document = document.substr(0, document.find("\n| a request")) + "\n" + tables;
    std::ofstream(kDocument) << document;
  }
  compare(document, strict_requests());
  compare(document, strict_answers());
}

TEST_F(Strictness, a_connection_that_gave_a_bad_answer_is_not_used_again) {
  Proxy slardar(loop_, Proxy::Kind::kSlardar);
  for (const StrictnessCase& each : strict_answers()) {
    slardar.said_to(kLastRequest, 20s);  // one connection waits
    slardar.peer().begin(each.bytes);
    EXPECT_EQ(status_in(slardar.said_to(kGet.substr(0, kGet.size() - 2) + "Connection: close\r\n\r\n", 20s)),
              "502");
    EXPECT_EQ(slardar.peer().connections(), 0) << each.name;
    EXPECT_TRUE(slardar.said_to(kLastRequest, 20s).ends_with("last"));
    EXPECT_EQ(slardar.peer().connections(), 1) << each.name;
  }
}

}  // namespace
}  // namespace hancock::slardar
