// A gateway that is to take over from a process which goes on instead; the rest of `--upgrade`, with real
// processes, is in test/gateway.
#include <gtest/gtest.h>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using Kind = HandoverStep::Kind;

/// The parameter: behind which word of the newer one the older one turns away.
class GatewayUpgrade : public ::testing::TestWithParam<Kind> {
 protected:
  /// The older one's side of the talk.
  io::Async<void> talk() {
    auto socket = co_await listener_->accept();
    io::TicketKeys tickets(io::TicketKeys::Seed{}, loop().now());
    HandoverGreeting greeting{"gateway-1", 7, tickets.state(loop().now())};
    (void)co_await socket->send(encode(greeting), loop().now() + kPatience);
    while (true) {
      auto message = co_await socket->receive(loop().now() + kPatience);
      if (!message) co_return;
      const auto step = decode_step(message->text);
      if (!step) co_return;
      if (step->kind == GetParam()) break;
      if (step->kind != Kind::kReady) continue;
      HandoverStep nothing(Kind::kSockets);
      (void)co_await socket->send(encode(nothing), loop().now() + kPatience);
    }
    HandoverStep farewell(Kind::kServesOn);
    (void)co_await socket->send(encode(farewell), loop().now() + kPatience);
    (void)co_await socket->receive(kForever);  // its end
    heard_its_end_ = true;
  }
  io::Async<int> run_newer() {
    auto met = co_await Predecessor::meet(loop(), world_.config.admin);
    if (!met || !*met) co_return -1;
    newer_ = std::make_unique<Gateway>(loop(), world_.config, world_.gateways, std::move(*met));
    const int code = co_await newer_->run();
    newer_.reset();
    co_return code;
  }
  io::Loop& loop() { return world_.loop; }

  World world_{1};
  std::unique_ptr<io::MessageListener> listener_;
  std::unique_ptr<Gateway> newer_;
  bool heard_its_end_ = false;
};

TEST_P(GatewayUpgrade, ends_when_the_process_before_it_serves_on) {
  // The talk is named by the address, which is a free port's: nobody else talks by that name.
  world_.config.admin = *io::Address::of("127.0.0.1", free_port(loop()));
  world_.config.upgrade = true;
  listener_ = std::move(*io::MessageListener::listen(loop(), handover_name(world_.config.admin)));
  io::Scope older;
  older.spawn(talk());
  EXPECT_EQ(loop().block_on(run_newer()), 1);
  EXPECT_TRUE(world_.until([&] { return heard_its_end_; }));
  EXPECT_FALSE(world_.record()) << "nothing of it stays in the Registry";
  older.cancel();
}

INSTANTIATE_TEST_SUITE_P(Behind, GatewayUpgrade, ::testing::Values(Kind::kReady, Kind::kServing));

}  // namespace
}  // namespace hancock::slardar
