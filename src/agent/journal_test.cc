#include "agent/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"

namespace hancock::agent {
namespace {

class JournalTest : public testing::Test {
 protected:
  JournalTest() { EXPECT_TRUE(journal_.open()); }
  ~JournalTest() override { std::filesystem::remove_all(data_); }

  static TaskRecord record() {
    TaskRecord record;
    record.assignment.set_task("t-1");
    record.assignment.mutable_spec()->set_image("shop:1");
    (*record.assignment.mutable_spec()->mutable_env())["A"] = "b";
    record.ports = {{"http", PortProtocol::kTcp, 8080, 20123}, {"dns", PortProtocol::kUdp, 53, 20124}};
    record.digest = "sha256:abc";
    record.attempt = 3;
    record.was_ready = true;
    record.ready_at = parse_rfc3339("2026-01-31T08:15:30.250Z");
    return record;
  }

  static std::filesystem::path make_folder() {
    std::string name = "/tmp/journal-test-XXXXXX";
    return ::mkdtemp(name.data());
  }

  std::filesystem::path data_ = make_folder();
  Journal journal_{data_};
};

TEST_F(JournalTest, GivesBackWhatWasWritten) {
  journal_.write_task("t-1", record());
  const auto tasks = Journal(data_).load_tasks();
  ASSERT_EQ(tasks.size(), 1u);
  const TaskRecord& found = tasks.at("t-1");
  EXPECT_EQ(found.assignment.spec().env().at("A"), "b");
  EXPECT_EQ(found.ports, record().ports);
  EXPECT_EQ(found.digest, "sha256:abc");
  EXPECT_EQ(found.attempt, 3u);
  EXPECT_TRUE(found.was_ready);
  EXPECT_EQ(found.ready_at, record().ready_at);

  journal_.remove_task("t-1");
  EXPECT_TRUE(Journal(data_).load_tasks().empty());
}

TEST_F(JournalTest, ABrokenFileIsSetAsideAndCostsNothingElse) {
  journal_.write_task("t-1", record());
  ASSERT_TRUE(write_file(data_ / "tasks/t-2.json", "{\"assignment\": "));
  ASSERT_TRUE(write_file(data_ / "tasks/t-3.json", "{}"));
  EXPECT_EQ(journal_.load_tasks().size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(data_ / "tasks/t-2.json.bad"));
  EXPECT_TRUE(std::filesystem::exists(data_ / "tasks/t-3.json.bad"));
}

TEST_F(JournalTest, TheNodeRemembersPortsAndWhoLed) {
  EXPECT_EQ(journal_.load_node().term, 0) << "nothing was written yet";
  const HostPorts::Past past{20123, {"acme", "shop", "web"}, *parse_rfc3339("2026-01-31T08:15:30.250Z")};
  journal_.write_node({"boot", 2, 7, {past}});
  const NodeJournal found = journal_.load_node();
  EXPECT_EQ(found.boot_id, "boot");
  EXPECT_EQ(found.epoch, 2);
  EXPECT_EQ(found.term, 7);
  EXPECT_THAT(found.past_ports, testing::ElementsAre(past));
}

}  // namespace
}  // namespace hancock::agent
