#include "sim/timeline.h"

#include <gtest/gtest.h>

#include "sim/network.h"
#include "sim/party.h"

namespace hancock::sim {
namespace {

TEST(Timeline, ThingsHappenInTheOrderOfTheirTimeAndThenOfTheirPlanning) {
  Timeline timeline;
  std::string happened;
  timeline.after(2s, [&] { happened += "c"; });
  timeline.after(1s, [&] { happened += "a"; });
  timeline.after(1s, [&] { happened += "b"; });
  while (timeline.step()) {
  }
  EXPECT_EQ(happened, "abc");
  EXPECT_EQ(timeline.elapsed(), 2s);
}

TEST(Party, ALaterLifeKnowsNothingOfWhatAnEarlierOnePlanned) {
  Timeline timeline;
  Party party(timeline, "p");
  party.start();
  int happened = 0;
  party.after(1s, [&] { ++happened; });
  party.kill();
  party.start();
  party.after(2s, [&] { happened += 10; });
  while (timeline.step()) {
  }
  EXPECT_EQ(happened, 10);
}

TEST(Party, WhatFallsDueWhileItIsPausedHappensInOrderWhenItGoesOn) {
  Timeline timeline;
  Party party(timeline, "p");
  party.start();
  std::string happened;
  party.after(1s, [&] { happened += "a"; });
  party.after(2s, [&] { happened += "b"; });
  party.pause();
  timeline.after(5s, [&] { party.resume(); });
  while (timeline.step()) {
  }
  EXPECT_EQ(happened, "ab");
  EXPECT_EQ(timeline.elapsed(), 5s);
}

class NetworkTest : public testing::Test {
 protected:
  NetworkTest() {
    ground_.weather = fair_weather();
    from_.start();
    to_.start();
  }

  /// What a call comes to.
  std::string call() {
    std::string result = "nothing";
    network_.call<int>(
        from_, to_, 1s, [](const Done<int>& answer) { answer(7); },
        [&](const Result<int>& done) { result = done ? std::to_string(*done) : done.error().message; });
    while (ground_.timeline.step()) {
    }
    return result;
  }

  Ground ground_{1, Bug::kNone, 0};
  Network network_{ground_};
  Party from_{ground_.timeline, "from"};
  Party to_{ground_.timeline, "to"};
};

TEST_F(NetworkTest, ACallIsAnswered) { EXPECT_EQ(call(), "7"); }

TEST_F(NetworkTest, ACallIntoNowhereTimesOut) {
  network_.cut(to_);
  EXPECT_EQ(call(), "no answer");
  network_.mend(to_);
  ground_.weather.lost = 1000;
  EXPECT_EQ(call(), "no answer");
}

TEST_F(NetworkTest, AMessageThatIsRepeatedAnswersOnce) {
  ground_.weather.repeated = 1000;
  EXPECT_EQ(call(), "7");
}

}  // namespace
}  // namespace hancock::sim
