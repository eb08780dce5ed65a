#include "load/visitors.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "http/server.h"
#include "io/tcp.h"

namespace hancock::load {
namespace {

/// Stands for a gateway with a sample app behind it.
class Origin {
 public:
  explicit Origin(io::Loop& loop)
      : loop_(loop), server_(loop, [this](http::Exchange& exchange) { return answer(exchange); }) {
    address_ = *server_.listen(*io::Address::parse("127.0.0.1:0"));
  }
  ~Origin() { loop_.block_on(server_.close(loop_.now() + 5s)); }

  const io::Address& address() const { return address_; }
  std::function<bool()> hangs_up = [] { return false; };  // instead of an answer
  std::function<std::string()> version = [] { return "1"; };
  Duration wait{};
  size_t most_at_once = 0;

 private:
  io::Async<void> answer(http::Exchange& exchange) {
    most_at_once = std::max(most_at_once, ++at_once_);
    if (wait > Duration{}) co_await exchange.loop().sleep_for(wait);
    --at_once_;
    if (hangs_up()) {
      http::ResponseHead half(200);
      half.headers.set("Content-Length", "10");
      co_await exchange.start(std::move(half));
      co_return;
    }
    http::Response response(200, "body");
    response.headers.set("Sample-Version", version());
    response.headers.set("Sample-Task", "task");
    if (exchange.request().method == "POST") {
      response.headers.set("Sample-Number", std::to_string(++posts_));
      auto body = co_await http::read_all(exchange.body(), 1 << 20, kForever);
      response.body = body.value_or("");
    }
    co_await exchange.respond(std::move(response));
  }

  io::Loop& loop_;
  http::Server server_;
  io::Address address_;
  size_t at_once_ = 0;
  uint64_t posts_ = 0;
};

class VisitorsTest : public testing::Test {
 protected:
  VisitorsTest() {
    options_.gateways = {first_.address(), second_.address()};
    options_.host = "shop.test";
    options_.web_sockets = 0;
    options_.slow = 1ms;
  }
  nlohmann::json visit(uint64_t count, uint64_t rate) {
    options_.count = count;
    options_.rate = rate;
    const bool told = true;
    Visitors visitors(loop_, options_);
    return loop_.block_on(visitors.run(&told));
  }

  io::Loop loop_;
  Origin first_{loop_};
  Origin second_{loop_};
  Options options_;
};

TEST_F(VisitorsTest, every_request_is_made_and_counted) {
  const auto summary = visit(400, 2000);
  EXPECT_EQ(summary["requests"], 400);
  EXPECT_EQ(summary["failed"], 0) << summary;
  EXPECT_GT(summary["posts"]["answered"], 0);
  EXPECT_EQ(summary["versions"][0]["version"], 1);
}

TEST_F(VisitorsTest, no_answer_is_waited_for_before_the_next_request_goes) {
  first_.wait = second_.wait = 1s;
  const auto summary = visit(100, 1000);
  EXPECT_EQ(summary["failed"], 0) << summary;
  EXPECT_GT(first_.most_at_once, 10);
  EXPECT_GE(summary["latency"]["p50_ms"], 1000);
}

TEST_F(VisitorsTest, half_an_answer_is_a_failure_with_a_name_and_its_retry_goes_elsewhere) {
  int turn = 0;
  first_.hangs_up = [&] { return ++turn % 10 == 0; };
  const auto summary = visit(400, 2000);
  EXPECT_GT(summary["failed"], 5);
  EXPECT_EQ(summary["lost"], 0) << summary;
  EXPECT_EQ(summary["failures"].size(), summary["failed"]);
  for (const auto& failure : summary["failures"]) {
    EXPECT_EQ(failure["gateway"], first_.address().to_string());
    EXPECT_EQ(failure["retry"], "succeeded");
    EXPECT_NE(failure["why"], "");
  }
}

TEST_F(VisitorsTest, a_POST_that_was_handled_and_not_answered_leaves_a_number_that_nobody_was_told) {
  Handled handled;
  for (const uint64_t number : {1, 2, 4, 5, 4}) handled.note("a", number);
  handled.note("b", 1);
  EXPECT_EQ(handled.told(), 5);
  EXPECT_EQ(handled.untold(), 1);
  EXPECT_EQ(handled.doubled(), 1);
}

TEST_F(VisitorsTest, a_gateway_that_is_not_there_costs_nobody_a_request) {
  auto gone = *io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
  options_.gateways[1] = gone->address();
  gone.reset();
  const auto summary = visit(200, 2000);
  EXPECT_EQ(summary["failed"], 0) << summary;
}

TEST_F(VisitorsTest, what_a_Version_answers_after_a_newer_one_was_seen_is_told) {
  int turn = 0;
  first_.version = [&] { return ++turn < 50 ? "1" : "2"; };
  const auto summary = visit(400, 1000);
  EXPECT_EQ(summary["versions"].size(), 2);
  EXPECT_GT(summary["late_ms"], 0);  // the second never switches
}

}  // namespace
}  // namespace hancock::load
