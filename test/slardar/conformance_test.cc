// What the RFCs ask of a gateway, rule by rule, in this process; docs/conformance.md says the same in words.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "row.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using H2 = Http2Visitor;

const std::string kLastRequest = "GET /last HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n";

/// Of the first answer that is no interim one; 0: there is none.
int final_status(const std::string& received) {
  size_t at = 0;
  while (received.compare(at, 10, "HTTP/1.1 1") == 0) at = received.find("\r\n\r\n", at) + 4;
  return received.compare(at, 9, "HTTP/1.1 ") == 0 ? std::stoi(received.substr(at + 9, 3)) : 0;
}

/// A gateway with one route, shop.test, to a peer that keeps what it gets.
class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.put(endpoint_of("web", "t1", peer_.port()));
    world_.put(route_of("web", {"shop.test"}));
    world_.start();
  }
  /// All that the visitor gets, /last included when his connection lasts that long.
  std::string received(const std::string& sent) {
    Visitor visitor = world_.visit();
    visitor.send(sent + kLastRequest);
    std::string all = visitor.rest();
    // What the gateway has sent to the peer before this is there when it is answered.
    Visitor after = world_.visit();
    after.send(kLastRequest);
    EXPECT_TRUE(after.rest().ends_with("last"));
    return all;
  }
  void play(const Row& row) {
    SCOPED_TRACE(row.id + ": " + row.visitor.substr(0, 200));
    peer_.begin(row.peer, row.then);
    const std::string all = received(row.visitor);
    EXPECT_EQ(final_status(all), row.status) << all;
    EXPECT_EQ(all.ends_with("\r\n\r\nlast"), row.keeps) << all;
    EXPECT_EQ(peer_.requests() > 0, row.reaches) << peer_.seen();
    EXPECT_EQ(peer_.requests(), row.times.value_or(peer_.requests()));
    EXPECT_EQ(peer_.connections(), row.connections.value_or(peer_.connections()));
    look(peer_.seen(), row.peer_sees, row.peer_lacks);
    look(all, row.visitor_sees, row.visitor_lacks);
  }
  static void look(const std::string& text, const std::vector<std::string>& holds,
                   const std::vector<std::string>& lacks) {
    for (const std::string& each : holds)
      EXPECT_NE(text.find(each), std::string::npos) << each << "\n" << text;
    for (const std::string& each : lacks)
      EXPECT_EQ(text.find(each), std::string::npos) << each << "\n" << text;
  }
  void play(const FrameRow& row) {
    SCOPED_TRACE(row.id);
    peer_.begin(kOk);
    H2 visitor(world_.loop, world_.http());
    ASSERT_TRUE(visitor.until([&] { return visitor.settings_acknowledged; }));
    std::string at_once;  // before anything can be answered
    for (const H2::Frame& frame : row.frames) at_once += H2::bytes_of(frame);
    visitor.send_raw(at_once);
    if (row.end == FrameRow::End::kConnection) {
      EXPECT_EQ(visitor.go_away(), row.code);
      return visitor.ends(), void();
    }
    const H2::Answer& answer = visitor.answer(row.stream);
    if (row.end == FrameRow::End::kAnswer) {
      EXPECT_EQ(answer.status, row.code);
    } else {
      EXPECT_TRUE(answer.reset == row.code || answer.status == 400) << answer.status;
      EXPECT_EQ(peer_.requests(), 0U) << peer_.seen();
    }
    const H2::Frame next{H2::kHeaders, H2::kEndHeaders | H2::kEndStream, 9,
                         H2::encoded(H2::fields_of("GET", "/last"))};
    visitor.send(next);
    EXPECT_EQ(visitor.answer(9).body, "last");
  }
  void play(const JoinedRow& row) {
    SCOPED_TRACE(row.id);
    peer_.begin(row.answer + row.back);
    Visitor visitor = world_.visit();
    visitor.send(get(row.handshake));
    const std::string head = visitor.some((row.answer + row.back).size());
    visitor.send(row.forth);
    visitor.end();
    const std::string all = head + visitor.rest();
    look(peer_.seen(), row.peer_sees, {});
    look(all, row.visitor_sees, {});
  }

  World world_{1};
  RecordingPeer peer_{world_.loop};
};

TEST_F(Conformance, rfc9110) {
  for (const Row& row : rfc9110_rows()) play(row);
}
TEST_F(Conformance, rfc9112) {
  for (const Row& row : rfc9112_rows()) play(row);
}
TEST_F(Conformance, rfc9113) {
  for (const FrameRow& row : rfc9113_rows()) play(row);
}
TEST_F(Conformance, rfc6455) {
  for (const JoinedRow& row : rfc6455_rows()) play(row);
}

/// A line of the document: `| id | rule | what slardar does | shown by |`.
struct Line {
  std::string id;
  std::string shown_by;
};

std::vector<Line> lines_of_document() {
  const auto document = read_file(source_folder() / "docs/conformance.md");
  EXPECT_TRUE(document);
  std::vector<Line> lines;
  std::istringstream text(document ? *document : "");
  const std::regex shape(R"(\| ([0-9]{4}-[0-9.]+-[0-9]+) \|.*\| ([^|]*) \|)");
  std::smatch found;
  for (std::string line; std::getline(text, line);) {
    if (std::regex_match(line, found, shape)) lines.push_back({found[1], found[2]});
  }
  return lines;
}

TEST(ConformanceTable, has_the_rows_that_are_played_here) {
  std::set<std::string> played, written, seen;
  for (const Row& row : rfc9110_rows()) played.insert(row.id);
  for (const Row& row : rfc9112_rows()) played.insert(row.id);
  for (const FrameRow& row : rfc9113_rows()) played.insert(row.id);
  for (const JoinedRow& row : rfc6455_rows()) played.insert(row.id);
  for (const Line& line : lines_of_document()) {
    EXPECT_TRUE(seen.insert(line.id).second) << line.id << " stands there twice";
    if (line.shown_by == "row") written.insert(line.id);
  }
  EXPECT_EQ(played, written);
  EXPECT_GT(played.size(), 100U);
}

TEST(ConformanceTable, names_other_tests_that_are_there) {
  std::string tests;
  const std::filesystem::path source = source_folder();
  for (const char* folder : {"src/slardar", "src/http", "src/io"}) {
    for (const auto& each : std::filesystem::recursive_directory_iterator(source / folder)) {
      if (each.path().string().ends_with("_test.cc")) tests += read_file(each.path()).value_or("");
    }
  }
  for (const Line& line : lines_of_document()) {
    if (line.shown_by == "row" || line.shown_by == "not held") continue;
    ASSERT_TRUE(line.shown_by.starts_with('`') && line.shown_by.ends_with('`')) << line.id;
    const std::string name = line.shown_by.substr(1, line.shown_by.size() - 2);
    EXPECT_NE(tests.find(", " + name + ")"), std::string::npos) << line.id << " " << name;
  }
}

}  // namespace
}  // namespace hancock::slardar
