#include "io/message_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "io/scope.h"

namespace hancock::io {
namespace {

class MessageSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto listener = MessageListener::listen(loop_, name_);
    ASSERT_TRUE(listener);
    listener_ = std::move(*listener);
    auto near = MessageSocket::connect(loop_, name_);
    ASSERT_TRUE(near);
    near_ = std::move(*near);
    far_ = loop_.block_on(listener_->accept());
  }
  Result<void> send(std::string text, std::vector<int> descriptors = {}) {
    return loop_.block_on(near_->send(std::move(text), std::move(descriptors), loop_.now() + 10s));
  }
  Result<Message> receive() { return loop_.block_on(far_->receive(loop_.now() + 10s)); }

  Loop loop_;
  const std::string name_ = "message_socket_test " + system_random().id(12);
  std::unique_ptr<MessageListener> listener_;
  std::unique_ptr<MessageSocket> near_;
  std::unique_ptr<MessageSocket> far_;
};

TEST_F(MessageSocketTest, messages_keep_their_borders_and_carry_descriptors) {
  int pipe[2] = {};
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const UniqueFd out(pipe[0]);
  UniqueFd in(pipe[1]);
  const std::vector<int> many(MessageSocket::kDescriptorsMax, in.get());
  ASSERT_TRUE(send("one", many));
  ASSERT_TRUE(send("two"));
  in.reset();
  auto one = receive();
  ASSERT_TRUE(one);
  EXPECT_EQ(one->text, "one");
  ASSERT_EQ(one->descriptors.size(), many.size());
  EXPECT_EQ(::write(one->descriptors.back().get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(out.get(), &byte, 1), 1);
  auto two = receive();
  ASSERT_TRUE(two);
  EXPECT_EQ(two->text, "two");
  EXPECT_TRUE(two->descriptors.empty());
  EXPECT_EQ(near_->peer(), ::getpid());
}

TEST_F(MessageSocketTest, the_end_is_told_and_a_name_is_free_when_its_listener_is_gone) {
  near_.reset();
  EXPECT_EQ(receive().error().code, ErrorCode::kClosed);
  EXPECT_EQ(MessageListener::listen(loop_, name_).error().code, ErrorCode::kConflict);
  // The descriptor is what listens, whoever holds it.
  const UniqueFd held(::fcntl(listener_->fd(), F_DUPFD_CLOEXEC, 0));
  listener_.reset();
  EXPECT_TRUE(MessageSocket::connect(loop_, name_));
  EXPECT_EQ(MessageSocket::connect(loop_, name_ + "!").error().code, ErrorCode::kNotFound);
}

TEST_F(MessageSocketTest, who_does_not_take_is_waited_for) {
  const std::string large(MessageSocket::kTextMax, 'x');
  Scope scope;
  bool sent = false;
  scope.spawn([](MessageSocket& near, const std::string& text, bool& done, TimePoint by) -> Async<void> {
    std::vector<int> none;
    bool well = true;
    for (int i = 0; well && i < 100; ++i) {
      auto one = co_await near.send(text, none, by);
      well = one.has_value();
    }
    done = well;
  }(*near_, large, sent, loop_.now() + 10s));
  EXPECT_FALSE(sent);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(receive()->text.size(), large.size());
  while (scope.running() > 0)
    loop_.block_on([](Loop& loop) -> Async<void> { co_await loop.sleep_for(1ms); }(loop_));
  EXPECT_TRUE(sent);
}

}  // namespace
}  // namespace hancock::io
