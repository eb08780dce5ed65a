// A route's limit for bodies, through a whole gateway in this process.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "slardar/testing/http2_visitor.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayBodyLimit : public ::testing::Test {
 protected:
  GatewayBodyLimit() {
    registry::Route route = route_of("web", {"shop.test"});
    route.entrances[0].limits.body = 1'000;
    world_.put(route);
    world_.put(endpoint_of("web", "t1", peer_.port()));
    world_.start();
  }
  static std::string post(const std::string& framing) {
    return "POST / HTTP/1.1\r\nHost: shop.test\r\n" + framing + "\r\n\r\n";
  }
  static std::string chunk(size_t bytes) {
    return fmt::format("{:x}\r\n{}\r\n", bytes, std::string(bytes, 'x'));
  }
  void expect_refused(const http::Answer& answer) {
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.headers.get("X-Slardar-Error"), "body_too_large");
    const std::string metrics = world_.admin("/metrics").body;
    EXPECT_NE(metrics.find("slardar_errors_total{error=\"body_too_large\"} 1\n"), std::string::npos)
        << metrics;
    EXPECT_EQ(whole_, 0);
  }
  /// The peer has the head, and waits for the body.
  void until_it_waits() {
    ASSERT_TRUE(world_.until([&] { return peer_.connections() == 1; }));
  }

  World world_{1};
  int whole_ = 0;  // requests that the peer got to their end
  HttpPeer& peer_ = world_.peer([this](const http::RequestHead&, const std::string& body) {
    ++whole_;
    return http::Response(200, std::to_string(body.size()));
  });
};

TEST_F(GatewayBodyLimit, what_is_not_over_it_passes) {
  Visitor visitor = world_.visit();
  visitor.send(post("Content-Length: 1000") + std::string(1'000, 'x'));
  EXPECT_EQ(visitor.answer("POST").body, "1000");
  visitor.send(post("Transfer-Encoding: chunked") + chunk(400) + chunk(600) + "0\r\n\r\n");
  EXPECT_EQ(visitor.answer("POST").body, "1000") << "the chunks' framing does not count";
}

TEST_F(GatewayBodyLimit, a_length_over_it_is_refused_before_anybody_is_asked) {
  Visitor visitor = world_.visit();
  visitor.send(post("Content-Length: 1001\r\nExpect: 100-continue"));
  expect_refused(visitor.answer("POST"));
  EXPECT_EQ(peer_.connections(), 0U);
}

TEST_F(GatewayBodyLimit, chunks_over_it_that_come_with_the_head_are_refused_before_anybody_is_asked) {
  Visitor visitor = world_.visit();
  visitor.send(post("Transfer-Encoding: chunked") + chunk(1'001) + "0\r\n\r\n");
  expect_refused(visitor.answer("POST"));
  EXPECT_EQ(peer_.connections(), 0U);
  visitor.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  EXPECT_EQ(visitor.answer().status, 200) << "all of it was read: the connection goes on";
}

TEST_F(GatewayBodyLimit, chunks_that_come_to_more_are_cut_there) {
  Visitor visitor = world_.visit();
  visitor.send(post("Transfer-Encoding: chunked") + chunk(900));
  until_it_waits();
  visitor.send(chunk(101));
  expect_refused(visitor.answer("POST"));
  EXPECT_TRUE(world_.until([&] { return peer_.connections() == 0; })) << "it is told that no more comes";
  EXPECT_EQ(visitor.rest(), "");
}

TEST_F(GatewayBodyLimit, data_of_http2_that_comes_to_more_is_cut_there) {
  Http2Visitor visitor(world_.loop, world_.http());
  const uint32_t id = visitor.next_id();
  visitor.head(id, Http2Visitor::fields_of("POST", "/"), Http2Visitor::kEndHeaders);
  visitor.data(id, std::string(900, 'x'));
  until_it_waits();
  visitor.data(id, std::string(101, 'x'));
  const Http2Visitor::Answer& answer = visitor.answer(id);
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.headers.get("X-Slardar-Error"), "body_too_large");
  EXPECT_EQ(whole_, 0);
  EXPECT_EQ(visitor.answer(visitor.get()).status, 200) << "the connection goes on";
}

}  // namespace
}  // namespace hancock::slardar
