#include "agent/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "io/loop.h"

namespace hancock::agent {
namespace {

class JournalTest : public testing::Test {
 protected:
  JournalTest() { EXPECT_TRUE(journal_->open()); }

  static TaskRecord record() {
    TaskRecord record;
    record.assignment.set_task("t-1");
    record.assignment.mutable_spec()->set_image("shop:1");
    (*record.assignment.mutable_spec()->mutable_env())["A"] = "b";
    record.ports = {{"http", PortProtocol::kTcp, 8080, 20123}, {"dns", PortProtocol::kUdp, 53, 20124}};
    record.digest = "sha256:abc";
    record.boot_id = "boot";
    record.container = "c-1";
    record.started_at = parse_rfc3339("2026-01-31T08:15:29.125Z");
    record.state.phase = TaskPhase::kStarting;
    record.state.message = "exit code 3; restart in 4s";
    record.state.pod = record.state.was_ready = true;
    record.state.attempt = record.state.started = 3;
    record.state.restarts = 2;
    record.state.failures = {TimePoint(5s), TimePoint(9s)};
    record.state.retry_at = TimePoint(13s);
    record.state.exit = TaskExit{.code = 3};
    record.state.pre_stopped = true;
    record.state.pre_stop_failure = "pre_stop: /bye: exit code 1";
    record.ready_at = parse_rfc3339("2026-01-31T08:15:30.250Z");
    return record;
  }

  std::unique_ptr<Journal> journal() {
    return std::make_unique<Journal>(loop_, data_, [this] { ++changes_; });
  }
  void save() { loop_.block_on(journal_->saved(journal_->flush())); }
  /// Flushes what was set, and comes back while that is being written.
  io::Async<uint64_t> begin_to_write() {
    const uint64_t flush = journal_->flush();
    co_await loop_.sleep_for(0s);  // until the loop has been around, but not yet heard from the disk
    EXPECT_EQ(journal_->flush(), flush) << "it has not been taken up";
    co_return flush;
  }
  io::Async<void> set_while_another_is_written(TaskRecord record, TaskRecord other) {
    journal_->set_task("t-1", other);
    const uint64_t under_way = co_await begin_to_write();
    journal_->set_task("t-1", record);
    const uint64_t later = journal_->flush();
    EXPECT_GT(later, under_way);
    co_await journal_->saved(later);
  }
  io::Async<void> set_while_it_is_removed(TaskRecord record) {
    journal_->remove_task("t-1");
    co_await begin_to_write();
    journal_->set_task("t-1", record);
    co_await journal_->saved(journal_->flush());
  }

  io::Loop loop_;
  const TempDir temp_{"journal_test"};
  const std::filesystem::path data_ = temp_.path();
  int changes_ = 0;  // of the journal's problem
  std::unique_ptr<Journal> journal_ = journal();
};

TEST_F(JournalTest, GivesBackWhatWasWritten) {
  journal_->set_task("t-1", record());
  save();
  const auto tasks = journal()->load_tasks();
  ASSERT_EQ(tasks.size(), 1u);
  const TaskRecord& found = tasks.at("t-1");
  EXPECT_EQ(found.assignment.spec().env().at("A"), "b");
  EXPECT_EQ(found.ports, record().ports);
  EXPECT_EQ(found.digest, "sha256:abc");
  EXPECT_EQ(found.state.attempt, 3u);
  EXPECT_EQ(found.boot_id, "boot");
  EXPECT_EQ(found.container, "c-1");
  EXPECT_EQ(found.started_at, record().started_at);
  EXPECT_EQ(found.ready_at, record().ready_at);
  EXPECT_EQ(encode(found), encode(record())) << "and all else";
  EXPECT_EQ(found.state.phase, TaskPhase::kStarting);
  EXPECT_EQ(found.state.failures, record().state.failures);
  EXPECT_EQ(found.state.retry_at, TimePoint(13s));
  EXPECT_EQ(found.state.exit, (TaskExit{.code = 3}));

  journal_->remove_task("t-1");
  save();
  EXPECT_TRUE(journal()->load_tasks().empty());
}

TEST_F(JournalTest, ABrokenFileIsSetAsideAndCostsNothingElse) {
  journal_->set_task("t-1", record());
  save();
  ASSERT_TRUE(write_file(data_ / "tasks/t-2.json", "{\"assignment\": "));
  ASSERT_TRUE(write_file(data_ / "tasks/t-3.json", "{}"));
  EXPECT_EQ(journal_->load_tasks().size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(data_ / "tasks/t-2.json.bad"));
  EXPECT_TRUE(std::filesystem::exists(data_ / "tasks/t-3.json.bad"));
}

TEST_F(JournalTest, TheNodeRemembersPortsImagesWhoLedAndTheSilenceSince) {
  EXPECT_EQ(journal_->load_node().term, 0) << "nothing was written yet";
  const HostPorts::Past past{20123, {"acme", "shop", "web"}, *parse_rfc3339("2026-01-31T08:15:30.250Z")};
  const ImageUse use{.at = past.released_at, .newest = {{past.owner, 3}}};
  journal_->set_node({"boot", 2, 7, {past}, {{"sha256:abc", use}}, TimePoint(90s)});
  save();
  const NodeJournal found = journal_->load_node();
  EXPECT_EQ(found.boot_id, "boot");
  EXPECT_EQ(found.epoch, 2);
  EXPECT_EQ(found.term, 7);
  EXPECT_THAT(found.past_ports, testing::ElementsAre(past));
  EXPECT_EQ(found.images.at("sha256:abc"), use);
  EXPECT_EQ(found.silent_since, TimePoint(90s));
}

TEST_F(JournalTest, WhatCannotBeWrittenIsSaidAndWrittenLater) {
  journal_->set_task("t-1", record());
  save();
  // The Node's file cannot be written: what rests on it is not either.
  std::filesystem::create_directories(data_ / "node.json/in the way");
  journal_->set_node({"boot", 2, 7, {}, {}, {}});
  journal_->remove_task("t-1");
  save();
  EXPECT_THAT(journal_->problem(), testing::HasSubstr("the journal cannot be written: "));
  EXPECT_EQ(journal_->load_tasks().size(), 1u) << "its ports are remembered by nobody else yet";
  EXPECT_EQ(changes_, 1);
  std::filesystem::remove_all(data_ / "node.json");
  save();  // at once, as something was flushed; else within a second
  EXPECT_EQ(journal_->problem(), "");
  EXPECT_EQ(journal_->load_node().term, 7);
  EXPECT_TRUE(journal_->load_tasks().empty());
}

TEST_F(JournalTest, WhatIsSetWhileItIsWrittenIsWrittenToo) {
  TaskRecord first = record(), second = record();
  second.state.attempt = 4;
  journal_->set_task("t-1", first);
  save();
  loop_.block_on(set_while_another_is_written(first, second));  // back to what the disk held before
  EXPECT_EQ(journal_->load_tasks().at("t-1").state.attempt, 3u);
  loop_.block_on(set_while_it_is_removed(second));
  ASSERT_TRUE(journal_->load_tasks().contains("t-1"));
  EXPECT_EQ(journal_->load_tasks().at("t-1").state.attempt, 4u);
}

TEST_F(JournalTest, ManyTasksAreSavedTogether) {
  for (int i = 0; i < 200; ++i) journal_->set_task(fmt::format("t-{}", i), record());
  save();
  EXPECT_EQ(journal_->load_tasks().size(), 200u);
  std::filesystem::create_directories(data_ / "tasks/t-7.json.d");
  std::filesystem::remove(data_ / "tasks/t-7.json");
  std::filesystem::rename(data_ / "tasks/t-7.json.d", data_ / "tasks/t-7.json");  // in the way
  std::filesystem::create_directories(data_ / "tasks/t-7.json/x");
  for (int i = 0; i < 200; ++i) journal_->remove_task(fmt::format("t-{}", i));
  save();
  EXPECT_THAT(journal_->problem(), testing::HasSubstr("t-7.json"));
  std::filesystem::remove_all(data_ / "tasks/t-7.json");
  EXPECT_TRUE(journal_->load_tasks().empty()) << "the others are gone";
}

TEST_F(JournalTest, OneAgentHasTheFolder) {
  const auto second = journal()->open();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, testing::HasSubstr("another Agent runs with it"));
}

TEST_F(JournalTest, WhatAKilledAgentWasWritingIsRemoved) {
  const auto half = data_ / "tasks/t-1.json.123.new";
  ASSERT_TRUE(write_file(half, "{"));
  journal_.reset();
  journal_ = journal();
  ASSERT_TRUE(journal_->open());
  EXPECT_FALSE(std::filesystem::exists(half));
}

}  // namespace
}  // namespace hancock::agent
