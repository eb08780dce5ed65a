// Connections to HTTP/2 peers, how they are shared and how they end, with times that are short.
#include "slardar/http2/http2_client.h"

#include <gtest/gtest.h>

#include "slardar/http2/http2_call.h"
#include "slardar/http2/http2_pool.h"
#include "slardar/testing/http2_peer.h"

namespace hancock::slardar {
namespace {

using testing::Http2Peer;
using H2 = testing::Http2Visitor;

io::Async<void> tick(io::Loop& loop) { co_await loop.sleep_for(1ms); }

class Http2ClientEnd : public ::testing::Test {
 protected:
  Http2Client& connect(Duration within = 20s) {
    client_ = std::make_unique<Http2Client>(
        loop_, buffers_, *io::Address::of("127.0.0.1", peer_.port()), nullptr, [] {}, limits_);
    client_->connect(loop_.now() + within);
    return *client_;
  }
  bool until(const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + 20s;
    while (!holds() && loop_.now() < deadline) loop_.block_on(tick(loop_));
    return holds();
  }
  std::unique_ptr<Http2Call> ask() {
    auto call = std::make_unique<Http2Call>(*client_);
    const std::vector<http::FieldView> fields{
        {":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
    call->begin(fields, {});
    return call;
  }

  io::Loop loop_;
  Http2ClientLimits limits_;
  BufferPool buffers_;
  Http2Peer peer_{loop_};
  std::unique_ptr<Http2Client> client_;
};

TEST_F(Http2ClientEnd, a_peer_that_is_silent_and_answers_no_ping_is_given_up) {
  limits_.quiet = 30ms;
  peer_.answers_pings = false;
  Http2Client& client = connect();
  ASSERT_TRUE(until([&] { return client.has_room(); }));
  const auto call = ask();
  ASSERT_TRUE(until([&] { return call->end() != Http2Call::End::kNone; }));
  EXPECT_EQ(call->end(), Http2Call::End::kLost);
  EXPECT_EQ(peer_.pings(0), 1);
  EXPECT_TRUE(client.is_over());
}

TEST_F(Http2ClientEnd, a_peer_that_is_silent_and_answers_is_not_asked_again) {
  limits_.quiet = 200ms;
  Http2Client& client = connect();
  ASSERT_TRUE(until([&] { return client.has_room(); }));
  const auto call = ask();
  ASSERT_TRUE(until([&] { return peer_.pings(0) == 1; }));
  const TimePoint later = loop_.now() + 3 * limits_.quiet;
  ASSERT_TRUE(until([&] { return loop_.now() >= later; }));
  EXPECT_EQ(peer_.pings(0), 1);
  EXPECT_EQ(call->end(), Http2Call::End::kNone);
  // What it sends of an answer makes it worth asking again.
  peer_.head(peer_.requests()[0], {{":status", "200"}});
  EXPECT_TRUE(until([&] { return peer_.pings(0) == 2; }));
}

TEST_F(Http2ClientEnd, without_calls_for_long_it_ends) {
  limits_.idle = 20ms;
  Http2Client& client = connect();
  ASSERT_TRUE(until([&] { return client.has_room(); }));
  auto call = ask();
  const TimePoint later = loop_.now() + 2 * limits_.idle;
  ASSERT_TRUE(until([&] { return loop_.now() >= later; }));
  client.retire_if_idle(loop_.now());
  EXPECT_TRUE(client.has_room());  // there is a call
  call.reset();
  ASSERT_TRUE(until([&] {
    client.retire_if_idle(loop_.now());
    return client.is_over();
  }));
  EXPECT_EQ(peer_.told_to_go(0), H2::kNoError);
}

TEST_F(Http2ClientEnd, who_says_nothing_at_all_is_late) {
  auto silent = *io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
  Http2Client client(
      loop_, buffers_, silent->address(), nullptr, [] {}, limits_);
  client.connect(loop_.now() + 30ms);
  ASSERT_TRUE(until([&] { return client.is_over(); }));
  EXPECT_EQ(client.error().code, ErrorCode::kTimeout);
}

TEST_F(Http2ClientEnd, who_sends_far_too_much_of_a_head_is_not_read_to_the_end) {
  Http2Client& client = connect();
  ASSERT_TRUE(until([&] { return client.has_room(); }));
  const auto call = ask();
  ASSERT_TRUE(until([&] { return peer_.requests().size() == 1; }));
  const auto request = peer_.requests()[0];
  peer_.send(0, {H2::kHeaders, 0, request.stream, H2::encoded({{":status", "200"}})});
  for (int i = 0; i < 40; ++i)
    peer_.send(0, {H2::kContinuation, 0, request.stream, H2::encoded({{"a", "b"}})});
  ASSERT_TRUE(until([&] { return client.is_over(); }));
  EXPECT_EQ(call->end(), Http2Call::End::kLost);
}

// nghttp2 says that a head was sent when it is asked for its last piece, which a write that is full does not
// wait for.
TEST_F(Http2ClientEnd, a_head_of_which_a_piece_is_in_a_write_counts_as_sent) {
  Http2Client client(
      loop_, buffers_, *io::Address::of("127.0.0.1", peer_.port()), nullptr, [] {}, limits_);
  const Http2SessionPtr session = make_http2_client_session(client);
  Http2Output output;
  ASSERT_TRUE(output.collect(session.get()));  // preface, SETTINGS
  output.clear();
  const std::string long_value(30'000, 'b');  // does not fit in one frame
  Http2Call last(client);
  Http2Call next(client);
  const std::vector<nghttp2_nv> fields{http2_nv({":method", "POST"}), http2_nv({":scheme", "http"}),
                                       http2_nv({":authority", "a"}), http2_nv({":path", "/"}),
                                       http2_nv({"x", long_value})};
  for (Http2Call* const call : {&last, &next})
    ASSERT_GT(nghttp2_submit_request(session.get(), nullptr, fields.data(), fields.size(), nullptr, call), 0);
  output.copy(std::string(Http2Output::kBatchBytes - 1, '.'));
  ASSERT_TRUE(output.collect(session.get()));
  ASSERT_TRUE(output.full());
  EXPECT_TRUE(last.head_sent());
  EXPECT_FALSE(next.head_sent());
}

}  // namespace
}  // namespace hancock::slardar
