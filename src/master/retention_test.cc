#include "master/retention.h"

#include <gtest/gtest.h>

#include "model/time.h"

namespace hancock::master {
namespace {

const WallTime kNow{std::chrono::hours(24 * 365 * 50)};

class Retention : public testing::Test {
 protected:
  // A batch of `size` Events that are `age` old.
  void add_events(int size, Duration age) {
    model::EventBatch batch;
    const int64_t first = next_number_;
    for (int i = 0; i < size; ++i) {
      model::Event* event = batch.add_events();
      event->set_number(next_number_++);
      *event->mutable_time() =
          model::to_proto(kNow - std::chrono::duration_cast<std::chrono::milliseconds>(age));
    }
    add(StateKeys().event(first), batch.SerializeAsString());
  }
  void add_reply(const std::string& key, Duration age) {
    model::Reply reply;
    *reply.mutable_created_at() =
        model::to_proto(kNow - std::chrono::duration_cast<std::chrono::milliseconds>(age));
    add(StateKeys().idempotency(key), reply.SerializeAsString());
  }
  const State& state() {
    state_.load(items_, store::Revision(100));
    return state_;
  }

 private:
  void add(std::string key, std::string value) {
    items_.push_back({std::move(key), std::move(value), store::Revision(1), store::Revision(1), 1});
  }
  std::vector<store::KeyValue> items_;
  int64_t next_number_ = 1;
  State state_;
};

TEST_F(Retention, KeepsAsManyEventsAsItIsTold) {
  for (int i = 0; i < 5; ++i) add_events(2, 1s);
  const auto change = trim_events(state(), {.events = 5}, kNow);
  ASSERT_TRUE(change);
  ASSERT_EQ(change->operations.size(), 1U);
  const StateKeys keys;
  EXPECT_EQ(change->operations[0], store::Operation::remove(store::KeyRange{keys.event(1), keys.event(5)}))
      << "Events 6 to 10 have to stay; 5 shares its batch with 6";
}

TEST_F(Retention, LetsOldEventsGoButNeverTheNewest) {
  add_events(1, 48h);
  add_events(1, 48h);
  const auto change = trim_events(state(), {.event_age = 24h}, kNow);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->operations[0],
            store::Operation::remove(store::KeyRange{StateKeys().event(1), StateKeys().event(2)}));
}

TEST_F(Retention, TouchesNothingWithinItsLimits) {
  add_events(3, 1h);
  add_reply("a", 1h);
  EXPECT_FALSE(trim_events(state(), {}, kNow));
  EXPECT_FALSE(trim_replies(state(), {}, kNow));
}

TEST_F(Retention, KeepsWhatMayBeOldOnlyByAClockThatIsAhead) {
  add_events(1, 26h - 1s);
  add_events(1, 1s);
  add_reply("a", 26h - 1s);
  EXPECT_FALSE(trim_events(state(), {.event_age = 24h}, kNow));
  EXPECT_FALSE(trim_replies(state(), {.reply_age = 24h}, kNow));
}

TEST_F(Retention, LetsOldAnswersGo) {
  add_reply("old", 27h);
  add_reply("new", 1h);
  const auto change = trim_replies(state(), {}, kNow);
  ASSERT_TRUE(change);
  ASSERT_EQ(change->operations.size(), 1U);
  EXPECT_EQ(change->operations[0], store::Operation::remove(StateKeys().idempotency("old")));
}

}  // namespace
}  // namespace hancock::master
