// The Master's processes, killed with SIGKILL at seeded random moments while owners' requests come: what was
// acknowledged is there, what is asked again is done once, and no Task begins twice.
#include <signal.h>

#include <array>

#include "base/testing/kills.h"
#include "master/with_agent.h"

namespace hancock::test {
namespace {

class MasterKills : public WithAgent, public testing::WithParamInterface<uint64_t> {
 protected:
  enum class Victim { kBrain, kEtcd, kSupervisor };

  /// One after the other: a child that has just been started is not started again at once, unless its
  /// supervisor is new too.
  void strike(Victim victim) {
    if (victim == Victim::kSupervisor) {
      master_.kill(SIGKILL);
      return master_.start_again();
    }
    const pid_t pid = victim == Victim::kBrain ? master_.brain_pid() : master_.etcd_pid();
    if (pid > 0) ::kill(pid, SIGKILL);
  }
  io::Async<void> strike_after(Duration span, Victim victim) {
    co_await master_.loop().sleep_for(span);
    strike(victim);
    has_struck_ = true;
  }

  /// As an owner does: with one key, until there is an answer.
  void scale(uint64_t replicas, const std::string& key) {
    const std::string body = fmt::format(R"({{"replicas":{}}})", replicas);
    Reply reply;
    EXPECT_TRUE(master_.until(
        [&] {
          reply = master_.send("POST", "/v1/services/shop/web/scale", body, {{"Idempotency-Key", key}});
          return reply.status == 200;
        },
        60s))
        << reply.status << " " << reply.body;
  }
  bool settles_at(uint64_t replicas) {
    return master_.until(
        [&] {
          const nlohmann::json service = get("/v1/services/shop/web");
          return service.is_object() && service.value("ready", 0U) == replicas;
        },
        60s);
  }
  /// Live ones, as the Master has them.
  size_t tasks() { return get("/v1/tasks?app=shop")["items"].size(); }

  Kills kills_{100, {GetParam(), 4}};
  bool has_struck_ = false;
};

TEST_P(MasterKills, BrainEtcdAndSupervisorInTurnLoseNothingThatWasAcknowledgedAndDoubleNothing) {
  deploy();
  uint64_t replicas = 2;
  size_t started = agent_->starts().size();
  size_t scaled = 0;
  while (kills_.next()) {
    for (const Victim victim : {Victim::kBrain, Victim::kEtcd, Victim::kSupervisor}) {
      SCOPED_TRACE(::testing::Message() << kills_ << " of victim " << static_cast<int>(victim));
      const uint64_t wanted = (replicas + kills_.random().below(4)) % 5 + 1;  // another number
      has_struck_ = false;
      scope_.spawn(strike_after(kills_.moment(120ms), victim));
      scale(wanted, fmt::format("scale-{}", ++scaled));
      ASSERT_TRUE(master_.until([&] { return has_struck_; }));
      ASSERT_TRUE(settles_at(wanted)) << get("/v1/services/shop/web") << get("/v1/tasks?app=shop");
      started += wanted > replicas ? wanted - replicas : 0;
      replicas = wanted;
      ASSERT_EQ(agent_->starts().size(), started) << "a Task that nobody asked for, or one less";
    }
  }
  EXPECT_TRUE(master_.until([&] { return tasks() == replicas; }));
  for (const auto& [task, starts] : agent_->starts()) EXPECT_EQ(starts, 1) << task;
  EXPECT_EQ(get("/v1/events?kind=service.scaled")["items"].size(), scaled);
  EXPECT_TRUE(is_gapless(event_numbers()));
}
INSTANTIATE_TEST_SUITE_P(Parts, MasterKills, testing::Range<uint64_t>(0, 4));

}  // namespace
}  // namespace hancock::test
