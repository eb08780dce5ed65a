#include "io/splice.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "io/scope.h"
#include "io/tcp.h"

namespace hancock::io {
namespace {

struct Pair {
  explicit Pair(Loop& loop) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    near = std::make_unique<SocketStream>(loop, UniqueFd(ends[0]));
    far = std::make_unique<SocketStream>(loop, UniqueFd(ends[1]));
  }
  std::unique_ptr<SocketStream> near, far;
};

/// From `from` to `to` until the end, through one pipe.
Async<bool> splice_all(Stream& from, SocketStream& to) {
  const auto pipe = Pipe::open();
  while (true) {
    const Attempt got = pipe->fill(from);
    if (got.outcome == Attempt::Outcome::kFailed) co_return false;
    if (got.outcome == Attempt::Outcome::kBlocked) {
      const auto ready = co_await from.descriptor().ready(Direction::kRead);
      if (!ready) co_return false;
      continue;
    }
    if (got.bytes == 0) break;
    TimePoint last;
    SpliceOut out(*pipe, to, 5s, last);
    const auto given = co_await out;
    if (!given) co_return false;
  }
  to.shutdown_write();
  co_return true;
}
Async<void> splice_all_into(Stream& from, SocketStream& to, bool& well) {
  well = co_await splice_all(from, to);
}

Async<void> send_and_end(SocketStream& stream, const std::string& text) {
  const auto sent = co_await stream.send(text);
  EXPECT_TRUE(sent.has_value());
  stream.shutdown_write();
}

Async<std::string> read_to_end(Stream& stream) {
  std::string all;
  std::vector<char> buffer(65536);
  while (true) {
    const auto n = co_await stream.recv(buffer);
    if (!n || *n == 0) co_return all;
    all.append(buffer.data(), *n);
  }
}

TEST(Splice, more_than_pipe_and_sockets_hold_arrives_whole_and_in_order) {
  Loop loop;
  Pair in(loop), out(loop);
  std::string text;
  for (int i = 0; text.size() < (8U << 20); ++i) text += std::to_string(i) + ",";
  const auto run = [&]() -> Async<std::string> {
    Scope scope;
    bool well = false;
    scope.spawn(send_and_end(*in.near, text));
    scope.spawn(splice_all_into(*in.far, *out.near, well));
    std::string got = co_await read_to_end(*out.far);
    co_await scope.join();
    EXPECT_TRUE(well);
    co_return got;
  };
  EXPECT_EQ(loop.block_on(run()), text);
}

TEST(Splice, who_takes_nothing_for_too_long_is_given_up) {
  Loop loop;
  Pair in(loop), out(loop);
  const auto run = [&]() -> Async<Result<void>> {
    const std::string text(64 << 10, 'x');
    const auto pipe = Pipe::open();
    while (true) {  // until nobody takes any more
      const auto sent = co_await in.near->send(text);
      if (!sent) co_return sent;
      const Attempt got = pipe->fill(*in.far);
      EXPECT_GT(got.bytes, 0U);
      TimePoint last;
      SpliceOut given(*pipe, *out.near, 50ms, last);
      const auto result = co_await given;
      if (!result) co_return result;
    }
  };
  const auto result = loop.block_on(run());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
}

TEST(Splice, a_pipe_that_still_holds_bytes_is_not_given_to_another) {
  Loop loop;
  Pair in(loop);
  PipePool pool;
  auto pipe = pool.take();
  const auto run = [&]() -> Async<void> { co_await send_and_end(*in.near, "left"); };
  loop.block_on(run());
  EXPECT_EQ(pipe->fill(*in.far).bytes, 4U);
  pool.put(std::move(pipe));
  EXPECT_TRUE(pool.take()->empty());
}

}  // namespace
}  // namespace hancock::io
