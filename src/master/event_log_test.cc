#include "master/event_log.h"

#include <gmock/gmock.h>

namespace hancock::master {
namespace {

using testing::HasSubstr;

// State::events() as it would be with batches of these sizes, numbered from `first` on.
EventLog::Batches batches(int64_t first, std::initializer_list<int> sizes, int64_t epoch = 1) {
  EventLog::Batches result;
  int64_t number = first;
  for (const int size : sizes) {
    model::EventBatch& batch = result[number].value;
    for (int i = 0; i < size; ++i, ++number) {
      model::Event* event = batch.add_events();
      event->set_id(fmt::format("{}-{}", epoch, number));
      event->set_number(number);
      event->set_kind("task.ready");
      event->set_app("shop");
    }
  }
  return result;
}

TEST(EventLog, GivesWhatFollowsAPlace) {
  EventLog log;
  log.follow(batches(1, {2, 1}));
  ASSERT_TRUE(log.after({1, 0}));
  EXPECT_EQ(log.after({1, 0})->place.number, 1);
  EXPECT_EQ(log.after({1, 2})->place.number, 3);
  EXPECT_THAT(log.after({1, 2})->json, HasSubstr("\"id\":\"1-3\""));
  EXPECT_FALSE(log.after({1, 3}));
}

TEST(EventLog, TakesOverOnlyWhatIsNew) {
  EventLog log;
  log.follow(batches(1, {2}));
  log.follow(batches(1, {2}));
  EXPECT_EQ(log.size(), 2U);
  log.follow(batches(1, {2, 3}));
  EXPECT_EQ(log.size(), 5U);
  EXPECT_EQ(log.newest()->number, 5);
}

TEST(EventLog, LetsGoOfWhatWasCompactedAndSaysSo) {
  EventLog log;
  log.follow(batches(1, {2, 2, 2}));
  log.follow(batches(5, {2}));
  EXPECT_EQ(log.oldest()->number, 5);
  EXPECT_FALSE(log.continues({1, 3})) << "4 is gone";
  EXPECT_TRUE(log.continues({1, 4}));
  EXPECT_TRUE(log.continues({1, 6}));
}

TEST(EventLog, WithNothingInItContinuesEverything) {
  EventLog log;
  EXPECT_TRUE(log.continues({1, 0}));
  EXPECT_FALSE(log.after({1, 0}));
}

TEST(EventLog, AnOlderEpochContinuesOnlyIfNothingIsMissing) {
  EventLog log;
  log.follow(batches(10, {2}, 2));
  EXPECT_FALSE(log.continues({1, 50}));
  EXPECT_TRUE(log.continues({2, 9}));
}

TEST(ParsePlace, ReadsNumbersAndIds) {
  EXPECT_EQ(parse_place("17", 3), (EventPlace{3, 17}));
  EXPECT_EQ(parse_place("1-17", 3), (EventPlace{1, 17}));
  for (const char* wrong : {"", "-", "1-", "-1", "a", "1-2-3", "1 ", "99999999999999999999"}) {
    EXPECT_FALSE(parse_place(wrong, 1)) << wrong;
  }
}

}  // namespace
}  // namespace hancock::master
