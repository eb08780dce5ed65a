#include "master/assignment_feed.h"

#include <gtest/gtest.h>

namespace hancock::master {
namespace {

class AssignmentFeedTest : public testing::Test {
 protected:
  // A Task of node-1 that the leader wants to run, or what it wants of it now.
  void put_task(const std::string& id, model::TaskIntent intent = model::TASK_INTENT_RUN) {
    model::Task task;
    task.set_id(id);
    task.set_tenant("default");
    task.set_app("shop");
    task.set_service("web");
    task.set_version(1);
    task.set_node("node-1");
    task.set_intent(intent);
    put(StateKeys().task(id), task.SerializeAsString());
  }
  // Lost with its Node, or back with it and not decided on.
  void put_undecided(const std::string& id, bool is_back) {
    model::Task task;
    task.set_id(id);
    task.set_node("node-1");
    task.set_state(is_back ? model::TASK_STATE_READY : model::TASK_STATE_LOST);
    task.set_may_return(!is_back);
    task.set_intent(is_back ? model::TASK_INTENT_DRAIN : model::TASK_INTENT_RUN);
    if (is_back) task.mutable_returned_at()->set_seconds(1);
    put(StateKeys().task(id), task.SerializeAsString());
  }
  void put_version() {
    model::Version version;
    version.set_tenant("default");
    version.set_app("shop");
    version.set_service("web");
    version.set_number(1);
    for (const char* name : {"A", "B", "C", "D"}) (*version.mutable_spec()->mutable_env())[name] = "x";
    put(StateKeys().version({{"default", "shop", "web"}, 1}), version.SerializeAsString());
  }
  void put_node_record(int64_t incarnation) {
    put(registry::Keys().node("node-1"),
        registry::encode(registry::NodeRecord{.node = "node-1", .site = "s", .incarnation = incarnation}));
  }
  void remove_task(const std::string& id) {
    ++revision_;
    store::KeyValue item{StateKeys().task(id), "", {}, store::Revision(revision_), 0};
    state_.apply({{{store::WatchEvent::Kind::kDelete, item}}, store::Revision(revision_)});
  }
  std::optional<model::AssignmentLine> next(std::vector<std::shared_ptr<LogSession>> logs = {}) {
    return feed_.next(state_, reign_, logs);
  }

  io::Loop loop_;
  State state_;
  AssignmentFeed feed_{"node-1"};
  Reign reign_{1, 3, store::Revision(1)};

 private:
  void put(std::string key, std::string value) {
    ++revision_;
    const store::Revision revision(revision_);
    store::KeyValue item{std::move(key), std::move(value), revision, revision, 1};
    state_.apply({{{store::WatchEvent::Kind::kPut, item}}, revision});
  }
  int64_t revision_ = 0;
};

TEST_F(AssignmentFeedTest, ALostTaskIsUndecidedUntilItIsAssignedAgainOrGone) {
  put_task("a");
  put_task("b");
  ASSERT_TRUE(next());
  put_undecided("a", false);
  put_undecided("b", false);
  auto lost = next();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->undecided_size(), 2);
  EXPECT_EQ(lost->removed_size(), 0) << "nothing is stopped before it is decided";
  put_undecided("a", true);
  EXPECT_FALSE(next()) << "nothing is new for the Agent";
  put_task("a");
  auto decided = next();
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->set(0).task(), "a");
  EXPECT_EQ(decided->removed_size(), 0);
  remove_task("b");
  auto gone = next();
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->removed(0), "b");
}

TEST_F(AssignmentFeedTest, TheFirstLineNamesAllThatIsUndecided) {
  put_undecided("a", false);
  put_undecided("b", true);
  auto line = next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->undecided_size(), 2);
  EXPECT_EQ(line->set_size(), 0);
}

TEST_F(AssignmentFeedTest, TheFirstLineIsEverythingThenOnlyWhatChanged) {
  put_version();
  put_task("t-1");
  put_task("t-2");
  const auto first = next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->full());
  EXPECT_EQ(first->set_size(), 2);
  EXPECT_EQ(first->term(), 3);
  EXPECT_FALSE(next()) << "nothing has changed";

  put_task("t-2", model::TASK_INTENT_DRAIN);
  const auto change = next();
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->full());
  ASSERT_EQ(change->set_size(), 1);
  EXPECT_EQ(change->set(0).task(), "t-2");
  EXPECT_EQ(change->set(0).intent(), model::TASK_INTENT_DRAIN);

  remove_task("t-1");
  const auto removal = next();
  ASSERT_TRUE(removal);
  ASSERT_EQ(removal->removed_size(), 1);
  EXPECT_EQ(removal->removed(0), "t-1");
}

TEST_F(AssignmentFeedTest, AnEmptyListIsSaidToo) {
  const auto first = next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->full());
  EXPECT_EQ(first->set_size(), 0);
}

TEST_F(AssignmentFeedTest, ANewIncarnationIsNews) {
  next();
  put_node_record(2);
  const auto line = next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->incarnation(), 2);
  EXPECT_GT(line->node_revision(), 0);
  EXPECT_FALSE(next());
}

TEST_F(AssignmentFeedTest, LogsAreAskedForOnceAndCancelledOnce) {
  SeededRandom random(1);
  io::Signal wake(loop_);
  LogRelay relay(loop_, random, wake);
  next();
  const auto session = *relay.open("node-1", model::LogRequest());
  const auto asked = next(relay.of_node("node-1"));
  ASSERT_TRUE(asked);
  ASSERT_EQ(asked->logs_size(), 1);
  EXPECT_FALSE(asked->logs(0).cancelled());
  EXPECT_FALSE(next(relay.of_node("node-1")));
  relay.close(*session);
  const auto cancelled = next(relay.of_node("node-1"));
  ASSERT_TRUE(cancelled);
  ASSERT_EQ(cancelled->logs_size(), 1);
  EXPECT_TRUE(cancelled->logs(0).cancelled());
  EXPECT_EQ(cancelled->logs(0).id(), session->request().id());
  EXPECT_FALSE(next(relay.of_node("node-1")));
}

}  // namespace
}  // namespace hancock::master
