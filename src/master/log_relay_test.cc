#include "master/log_relay.h"

#include <gtest/gtest.h>

#include "io/scope.h"

namespace hancock::master {
namespace {

struct RelayWorld {
  io::Loop loop;
  SeededRandom random{1};
  io::Signal wake{loop};
  LogRelay relay{loop, random, wake};

  std::shared_ptr<LogSession> open() { return *relay.open("node-1", model::LogRequest()); }
  TimePoint soon() const { return loop.now() + 2s; }
};

io::Async<void> send(RelayWorld& world, LogSession& session, std::vector<std::string> pieces,
                     Result<void>& result) {
  session.begin();
  for (std::string& piece : pieces) {
    result = co_await session.give(std::move(piece), world.soon());
    if (!result) co_return;
  }
  session.end(LogSession::End::kComplete);
}

io::Async<std::string> receive(RelayWorld& world, LogSession& session) {
  std::string all;
  const bool answered = co_await session.answered(world.soon());
  if (!answered) co_return "no answer";
  while (true) {
    auto piece = co_await session.take(world.soon());
    if (!piece) co_return all + "!" + piece.error().message;
    if (piece->empty()) co_return all;
    all += *piece;
  }
}

io::Async<std::string> relay(RelayWorld& world, LogSession& session) {
  io::Scope scope;
  Result<void> sent;
  std::vector<std::string> pieces{"one ", "two ", "three"};
  scope.spawn(send(world, session, std::move(pieces), sent));
  std::string received = co_await receive(world, session);
  co_await scope.join();
  co_return received;
}

TEST(LogRelay, CarriesALogFromTheAgentToTheClient) {
  RelayWorld world;
  const auto session = world.open();
  EXPECT_EQ(world.relay.find("node-1", session->request().id()), session);
  EXPECT_EQ(world.relay.find("node-2", session->request().id()), nullptr) << "another Node cannot answer";
  EXPECT_EQ(world.loop.block_on(relay(world, *session)), "one two three");
}

io::Async<Result<void>> send_to_nobody(RelayWorld& world, LogSession& session) {
  io::Scope scope;
  Result<void> sent;
  std::vector<std::string> pieces{"one"};
  scope.spawn(send(world, session, std::move(pieces), sent));
  world.relay.close(session);
  co_await scope.join();
  co_return sent;
}

TEST(LogRelay, TellsTheAgentThatTheClientHasLeft) {
  RelayWorld world;
  const auto session = world.open();
  const auto sent = world.loop.block_on(send_to_nobody(world, *session));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kClosed);
  EXPECT_EQ(world.relay.find("node-1", session->request().id()), nullptr);
}

TEST(LogRelay, ALogThatBreaksOffIsNotTakenForAWholeOne) {
  RelayWorld world;
  const auto session = world.open();
  session->begin();
  session->end(LogSession::End::kBroken);
  EXPECT_EQ(world.loop.block_on(receive(world, *session)), "!the Agent has gone in the middle");
}

TEST(LogRelay, AnswersOnce) {
  RelayWorld world;
  const auto session = world.open();
  EXPECT_TRUE(session->begin());
  EXPECT_FALSE(session->begin());
}

TEST(LogRelay, IsBounded) {
  RelayWorld world;
  std::vector<std::shared_ptr<LogSession>> sessions;
  for (size_t i = 0; i < LogRelay::kSessionsMax; ++i) sessions.push_back(world.open());
  const auto one_more = world.relay.open("node-1", model::LogRequest());
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, ErrorCode::kTooLarge);
  world.relay.close(*sessions.front());
  EXPECT_TRUE(world.relay.open("node-1", model::LogRequest()));
}

}  // namespace
}  // namespace hancock::master
