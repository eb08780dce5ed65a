#include "slardar/upgrade/succession.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "slardar/upgrade/predecessor.h"

namespace hancock::slardar {
namespace {

using Kind = HandoverStep::Kind;

/// Two processes of one gateway, as far as they talk, in one loop.
class HandoverTalk : public ::testing::Test {
 protected:
  HandoverGreeting greeting() {
    return {"gateway-1", 7, io::TicketKeys(io::TicketKeys::Seed{}, loop_.now()).state(loop_.now())};
  }
  io::Async<std::string> heard(io::MessageSocket& socket) {
    auto message = co_await socket.receive(loop_.now() + 10s);
    co_return message ? message->text : message.error().message;
  }
  Result<void> say(io::MessageSocket& socket, const std::string& text) {
    return loop_.block_on(socket.send(text, loop_.now() + 10s));
  }
  io::Async<void> meet(std::unique_ptr<Predecessor>& met) {
    auto found = co_await Predecessor::meet(loop_, admin_);
    if (found) met = std::move(*found);
  }
  /// One that was greeted, and the older one's end of the talk.
  std::unique_ptr<Predecessor> met_by(io::MessageListener& older, std::unique_ptr<io::MessageSocket>& end) {
    std::unique_ptr<Predecessor> met;
    io::Scope meeting;
    meeting.spawn(meet(met));
    end = loop_.block_on(older.accept());
    EXPECT_TRUE(say(*end, encode(greeting())));
    loop_.block_on([](io::Scope& scope) -> io::Async<void> { co_await scope.join(); }(meeting));
    return met;
  }

  io::Loop loop_;
  // It names the talk; nothing is bound to it.
  const io::Address admin_ = *io::Address::parse("unix:/handover-" + system_random().id(12));
};

TEST_F(HandoverTalk, who_is_not_understood_is_told_that_the_older_one_serves_on_and_the_next_is_heard) {
  Succession older(loop_, {[this] { return greeting(); }, {}, [] {}, [] {}});
  ASSERT_TRUE(older.listen(admin_));
  for (int i = 0; i < 2; ++i) {
    auto newer = io::MessageSocket::connect(loop_, handover_name(admin_));
    ASSERT_TRUE(newer);
    EXPECT_TRUE(decode_greeting(loop_.block_on(heard(**newer))));
    ASSERT_TRUE(say(**newer, "nonsense"));
    const auto step = decode_step(loop_.block_on(heard(**newer)));
    ASSERT_TRUE(step);
    EXPECT_EQ(step->kind, Kind::kServesOn);
    EXPECT_FALSE(older.succeeded());
  }
}

TEST_F(HandoverTalk, an_older_one_that_turns_away_is_told_from_one_that_has_ended) {
  auto older = io::MessageListener::listen(loop_, handover_name(admin_));
  ASSERT_TRUE(older);
  for (const bool turns_away : {true, false}) {
    std::unique_ptr<io::MessageSocket> end;
    const std::unique_ptr<Predecessor> met = met_by(**older, end);
    ASSERT_TRUE(met);
    if (turns_away) {
      ASSERT_TRUE(say(*end, encode(HandoverStep(Kind::kServesOn))));
    }
    end.reset();
    loop_.block_on(met->end());
    EXPECT_EQ(met->serves_on(), turns_away);
    EXPECT_EQ(met->gone(), !turns_away);
    EXPECT_EQ(loop_.block_on(met->take_sockets()).has_value(), !turns_away);
  }
}

TEST_F(HandoverTalk, an_older_one_that_is_not_understood_serves_on) {
  auto older = io::MessageListener::listen(loop_, handover_name(admin_));
  ASSERT_TRUE(older);
  std::unique_ptr<io::MessageSocket> end;
  const std::unique_ptr<Predecessor> met = met_by(**older, end);
  ASSERT_TRUE(met);
  ASSERT_TRUE(say(*end, "nonsense"));
  loop_.block_on(met->end());
  EXPECT_TRUE(met->serves_on());
}

}  // namespace
}  // namespace hancock::slardar
