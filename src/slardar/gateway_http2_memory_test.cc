// What HTTP/2 visitors cost a gateway in memory who take all that they can without being sent away, and who
// read nothing of what HTTP/2 peers send.
#include <gtest/gtest.h>

#include "slardar/http2/http2_client.h"
#include "slardar/http2/http2_limits.h"
#include "slardar/http2/http2_stream.h"
#include "slardar/testing/allocated.h"
#include "slardar/testing/http2_peer.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using H2 = Http2Visitor;

constexpr size_t kAnswerBytes = 90'000;  // more than is read at once
/// Of a connection: nghttp2's session, what was read last, the coroutines.
constexpr size_t kConnectionBytes = 192 << 10;
/// Of a stream that waits for its visitor's window: a buffer of the peer's, what is held, the exchange.
constexpr size_t kStreamBytes = MessageBuffer::kBytes + Http2Stream::kHeldMax + (24 << 10);

struct Abuse {
  const char* name;
  size_t bytes_max;  // of a connection
  std::function<void(H2& visitor)> begin;
  /// What shows that all of it was taken; empty: nothing does.
  std::function<bool(H2& visitor)> is_taken;
};

std::string zeros(size_t size) { return std::string(size, '\0'); }

void send_times(H2& visitor, int times, const H2::Frame& frame) {
  for (int i = 0; i < times; ++i) visitor.send(frame);
}

/// 32 settings, which are of no meaning.
std::string settings() {
  std::string all;
  for (int i = 0; i < 32; ++i) all += H2::number(0xf000 + static_cast<uint64_t>(i), 2) + H2::number(7, 4);
  return all;
}

/// A field in the table, named again and again: a byte each, 3 KB each.
std::string bomb(size_t times) {
  const std::string entry = '\x40' + H2::encoded({{"a", std::string(3'000, 'b')}}).substr(1);
  return entry + std::string(times - 1, '\xbe');
}

// Each is just short of what ends the connection (docs/slardar.md).
std::vector<Abuse> abuses() {
  const auto ping = [](H2& visitor) { visitor.send({H2::kPing, 0, 0, zeros(8)}); };
  const auto answered = [](H2& visitor) { return visitor.pings_answered > 0; };
  const auto then_ping = [=](std::function<void(H2&)> begin) {
    return [=](H2& visitor) {
      begin(visitor);
      ping(visitor);
    };
  };
  const auto flood = [=](int times, H2::Frame frame) {
    return then_ping([=](H2& visitor) { send_times(visitor, times, frame); });
  };
  const auto each_stream = [](const std::function<void(H2&)>& begin) {
    return [=](H2& visitor) {
      for (uint32_t i = 0; i < Http2Limits::kStreamsMax; ++i) begin(visitor);
    };
  };
  std::vector<Abuse> all;
  all.push_back({"settings", kConnectionBytes, flood(18, {H2::kSettings, 0, 0, settings()}), answered});
  all.push_back({"ping", kConnectionBytes, flood(90, {H2::kPing, 0, 0, zeros(8)}), answered});
  all.push_back({"priority", kConnectionBytes, flood(490, {H2::kPriority, 0, 3, zeros(5)}), answered});
  all.push_back({"reset", 2 * kConnectionBytes, then_ping([](H2& visitor) {
                   for (int i = 0; i < 190; ++i) visitor.reset(visitor.get());
                 }),
                 answered});
  // A head that does not end; what is past its limit is not kept.
  all.push_back({"continuation",
                 kConnectionBytes + (64 << 10),
                 [](H2& visitor) {
                   const std::string piece = H2::encoded({{"a", std::string(15'900, 'b')}});
                   visitor.send({H2::kHeaders, 0, 1, piece});
                   send_times(visitor, 7, {H2::kContinuation, 0, 1, piece});
                 },
                 {}});
  all.push_back(
      {"bomb", kConnectionBytes, then_ping(each_stream([](H2& visitor) {
         const std::string head = H2::encoded(H2::fields_of("GET", "/"));
         visitor.send({H2::kHeaders, H2::kEndHeaders | H2::kEndStream, visitor.next_id(), head + bomb(40)});
       })),
       answered});
  all.push_back({"zero_window", kConnectionBytes + Http2Limits::kStreamsMax * kStreamBytes,
                 [=](H2& visitor) {
                   visitor.gives_windows = false;
                   visitor.send({H2::kSettings, 0, 0, H2::number(H2::kInitialWindow, 2) + H2::number(0, 4)});
                   each_stream([](H2& each) { each.get("/large"); })(visitor);
                 },
                 [](H2& visitor) {
                   size_t heads = 0;
                   for (const auto& [id, answer] : visitor.answers) heads += answer.status == 200;
                   return heads == Http2Limits::kStreamsMax;
                 }});
  return all;
}

class GatewayHttp2Memory : public ::testing::TestWithParam<Abuse> {
 protected:
  void SetUp() override {
    HttpPeer& peer = world_.peer([](const http::RequestHead&, const std::string&) {
      return http::Response(200, std::string(kAnswerBytes, 'x'));
    });
    world_.put(route_of("web", {"shop.test"}));
    world_.put(endpoint_of("web", "t1", peer.port()));
    world_.start();
  }
  /// Somebody who has begun, and whom the gateway has heard to the end.
  std::unique_ptr<H2> attack() {
    auto visitor = std::make_unique<H2>(world_.loop, world_.http());
    GetParam().begin(*visitor);
    if (GetParam().is_taken) {
      EXPECT_TRUE(visitor->until([&] { return GetParam().is_taken(*visitor); })) << "was sent away";
    }
    EXPECT_FALSE(visitor->told_to_go());
    return visitor;
  }

  World world_{1};
};

TEST_P(GatewayHttp2Memory, of_who_stays_below_the_limits_is_bounded) {
  constexpr size_t kAttackers = 5;
  attack().reset();
  EXPECT_EQ(world_.get("shop.test", "/").status, 200);
  const size_t before = allocated_bytes();
  std::vector<std::unique_ptr<H2>> attackers;
  for (size_t i = 0; i < kAttackers; ++i) attackers.push_back(attack());
  EXPECT_EQ(world_.get("shop.test", "/").body.size(), kAnswerBytes);
  const size_t after = allocated_bytes();
  EXPECT_LT(after, before + kAttackers * GetParam().bytes_max);
  RecordProperty("bytes", static_cast<int>((after - std::min(before, after)) / kAttackers));
}

INSTANTIATE_TEST_SUITE_P(Each, GatewayHttp2Memory, ::testing::ValuesIn(abuses()),
                         [](const auto& each) { return std::string(each.param.name); });

// A whole answer may lie in the call's window while its visitor takes nothing of it.
TEST(GatewayHttp2PeersMemory, of_answers_that_nobody_reads_is_bounded) {
  constexpr size_t kReaders = 20;
  World world(1);
  Http2Peer peer(world.loop);
  registry::Route route = route_of("web", {"shop.test"});
  route.entrances[0].protocol = "http2";
  world.put(route);
  world.put(endpoint_of("web", "t1", peer.port()));
  world.start();
  H2 visitor(world.loop, world.http());
  visitor.gives_windows = false;
  std::vector<uint32_t> ids;
  std::vector<int64_t> sent(kReaders, 0);
  for (size_t i = 0; i < kReaders; ++i) ids.push_back(visitor.get());
  ASSERT_TRUE(world.until([&] { return peer.requests().size() == kReaders; }));
  const size_t before = allocated_bytes();
  const std::string piece(16'000, 'x');
  for (auto& request : peer.requests()) peer.head(request, {{":status", "200"}});
  // Until the windows let none of them have more: what was asked last is answered behind it.
  const auto push = [&] {
    size_t pieces = 0;
    for (size_t i = 0; i < kReaders; ++i) {
      for (; peer.window_of(peer.requests()[i]) - sent[i] >= 16'000; ++pieces) {
        peer.data(peer.requests()[i], piece);
        sent[i] += 16'000;
      }
    }
    return pieces;
  };
  do {
    const size_t count = peer.requests().size();
    H2 other(world.loop, world.http());
    const uint32_t id = other.get();
    ASSERT_TRUE(world.until([&] { return peer.requests().size() > count; }));
    peer.answer(peer.requests()[count], "small");
    EXPECT_EQ(other.answer(id).body, "small");
  } while (push() > 0);
  // Twice the window: a string that has grown may have room for as much again.
  constexpr size_t kReaderBytes = 2 * Http2ClientLimits::kStreamWindow + kStreamBytes;
  EXPECT_GT(static_cast<size_t>(sent[0]), kAnswerBytes);
  EXPECT_LT(allocated_bytes(), before + kConnectionBytes + kReaders * kReaderBytes);
}

}  // namespace
}  // namespace hancock::slardar
