// How an HTTP/2 connection ends by itself, with times that are short.
#include "slardar/http2/http2_connection.h"

#include <gtest/gtest.h>

#include "slardar/testing/http2_visitor.h"

namespace hancock::slardar {
namespace {

using H2 = testing::Http2Visitor;

io::Async<void> pause(io::Loop& loop) { co_await loop.sleep_for(1ms); }

/// A worker that has no routes: each request is answered 404.
class Http2ConnectionEnd : public ::testing::Test {
 protected:
  void SetUp() override {
    listener_ = *io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
    scope_.spawn(accept());
  }
  void TearDown() override { scope_.cancel(); }
  H2 visit(std::vector<std::pair<uint16_t, uint32_t>> settings = {}) {
    return H2(loop_, listener_->address(), std::move(settings));
  }

  io::Loop loop_;
  Http2Limits limits_;
  Freshness freshness_{12h};
  WorkerParts worker_{loop_, 0, 1, freshness_};

 private:
  io::Async<void> accept() {
    while (true) {
      auto stream = co_await listener_->accept();
      if (!stream) co_return;
      scope_.spawn(serve_http2(worker_, std::move(*stream), all_, BufferPool::none(), nullptr, limits_));
    }
  }
  ServedConnections all_;
  std::unique_ptr<io::Listener> listener_;
  io::Scope scope_;
};

TEST_F(Http2ConnectionEnd, an_answer_that_is_never_taken_ends_its_stream) {
  limits_.send_idle = 50ms;
  H2 visitor = visit({{H2::kInitialWindow, 0}});
  const auto answer = visitor.answer(visitor.get());
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.reset, H2::kCancel);
}

TEST_F(Http2ConnectionEnd, many_answers_that_are_never_taken_end_the_connection) {
  limits_.send_idle = 50ms;
  H2 visitor = visit({{H2::kInitialWindow, 0}});
  for (int i = 0; i < 20; ++i) visitor.get();
  H2 other = visit();
  EXPECT_EQ(other.answer(other.get()).body, "no_route\n");
  EXPECT_EQ(visitor.go_away(), H2::kEnhanceYourCalm);
  EXPECT_TRUE(visitor.ends());
}

TEST_F(Http2ConnectionEnd, who_asks_nothing_is_let_go) {
  limits_.request_head = 50ms;
  limits_.keep_alive = 1h;
  EXPECT_EQ(visit().go_away(), H2::kNoError);
}

TEST_F(Http2ConnectionEnd, who_asks_no_more_is_let_go) {
  limits_.keep_alive = 50ms;
  H2 visitor = visit();
  EXPECT_EQ(visitor.answer(visitor.get()).status, 404);
  EXPECT_EQ(visitor.go_away(), H2::kNoError);
  EXPECT_TRUE(visitor.ends());
}

TEST_F(Http2ConnectionEnd, a_head_that_does_not_end_is_not_waited_for) {
  limits_.request_head = 50ms;
  H2 visitor = visit();
  ASSERT_TRUE(visitor.until([&] { return visitor.settings_acknowledged; }));
  visitor.head(visitor.next_id(), H2::fields_of("GET", "/"), H2::kEndStream);
  EXPECT_EQ(visitor.go_away(), H2::kNoError);
  EXPECT_EQ(worker_.counters.errors[static_cast<size_t>(Failure::kHeadTimeout)], 1U);
}

TEST_F(Http2ConnectionEnd, what_is_no_http2_ends_it_at_once) {
  H2 visitor = visit();
  visitor.send_raw(std::string(100, '\xff'));
  EXPECT_NE(visitor.go_away(), H2::kNoError);
  EXPECT_EQ(worker_.counters.http2_requests, 0U);
}

TEST_F(Http2ConnectionEnd, nothing_is_left_of_a_visitor_who_goes) {
  {
    H2 visitor = visit({{H2::kInitialWindow, 0}});
    visitor.get();
    ASSERT_TRUE(visitor.until([&] { return !visitor.answers.empty(); }));
    EXPECT_EQ(worker_.counters.visitor_connections, 1U);
  }
  while (worker_.counters.visitor_connections > 0) loop_.block_on(pause(loop_));
  EXPECT_EQ(worker_.counters.in_flight, 0U);
}

}  // namespace
}  // namespace hancock::slardar
