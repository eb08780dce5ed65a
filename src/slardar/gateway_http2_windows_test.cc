// HTTP/2 to peers, frame by frame: who reads slowly stops those who send, and nobody else.
#include "slardar/testing/gateway_http2_peers.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayHttp2Windows : public GatewayHttp2Peers {};

TEST_F(GatewayHttp2Windows, a_slow_reader_stops_his_own_stream_alone) {
  Peer2& peer2 = peer();
  start();
  H2 slow = visit();
  slow.gives_windows = false;
  const uint32_t large = slow.get("/large");
  auto& request = asked(peer2);
  peer2.head(request, kOk);
  int64_t sent = 0;
  const std::string piece(16'000, 'x');
  const auto push = [&] {
    while (peer2.window_of(request) - sent >= 16'000) {
      peer2.data(request, piece);
      sent += 16'000;
    }
  };
  ASSERT_TRUE(slow.until([&] {
    push();
    return slow.answers[large].body.size() == 65'535;  // all that he may have
  }));
  // Others of the same connection are answered, and with that all that was under way has arrived.
  H2 other = visit();
  size_t count = 1;
  for (int i = 0; i < 20; ++i) {
    const uint32_t id = other.get();
    peer2.answer(asked(peer2, ++count), "small");
    EXPECT_EQ(other.answer(id).body, "small");
    push();
  }
  EXPECT_LT(sent, 600'000);
  EXPECT_EQ(peer2.connections(), 1U);
}

TEST_F(GatewayHttp2Windows, a_peer_that_opens_no_window_stops_the_visitor) {
  Peer2& peer2 = peer();
  peer2.gives_windows = false;
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  ASSERT_TRUE(visitor.until([&] { return visitor.settings_acknowledged; }));
  visitor.stream_windows[id] += visitor.initial_window;
  auto& request = asked(peer2);
  const std::string piece(16'000, 'x');
  int64_t sent = 0;
  while (true) {
    while (visitor.stream_windows[id] >= 16'000 && visitor.connection_window >= 16'000) {
      visitor.data(id, piece);
      visitor.stream_windows[id] -= 16'000;
      visitor.connection_window -= 16'000;
      sent += 16'000;
    }
    // An answer to another request shows that nothing is under way.
    const size_t before = peer2.requests().size();
    const uint32_t other = visitor.get();
    peer2.answer(asked(peer2, before + 1), "small");
    ASSERT_EQ(visitor.answer(other).body, "small");
    if (visitor.stream_windows[id] < 16'000) break;
    ASSERT_LT(sent, 64 << 20) << "the windows grow though nobody reads";
  }
  EXPECT_TRUE(until([&] { return request.body.size() == 65'535; }));
  EXPECT_LT(sent, 600'000);
}

}  // namespace
}  // namespace hancock::slardar
