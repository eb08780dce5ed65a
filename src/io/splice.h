// Splice: bytes from one socket to another through a pipe, without a copy of ours (splice(2)).
//
//   auto pipe = Pipe::open();
//   Attempt taken = pipe->fill(from);                     // 0 bytes: the end
//   Result<void> given = co_await SpliceOut(*pipe, to, idle, last);   // all of it
//
// Only for streams that are sockets (Stream::spliceable). Loop's thread only.
#pragma once

#include <memory>
#include <vector>

#include "base/unique_fd.h"
#include "io/stream.h"

namespace hancock::io {

class Pipe {
 public:
  /// As large as the system lets it be, up to this.
  static constexpr size_t kBytesMax = 1 << 20;

  /// nullptr when there are no descriptors left.
  static std::unique_ptr<Pipe> open();
  bool empty() const { return held_ == 0; }
  /// One try: takes what `from` has, as far as there is room. The pipe is empty before.
  Attempt fill(Stream& from);

 private:
  friend class SpliceOut;
  Pipe(UniqueFd out, UniqueFd in) : out_(std::move(out)), in_(std::move(in)) {}

  UniqueFd out_;  // the end that is read
  UniqueFd in_;
  size_t held_ = 0;
};

/// A thread's stock of pipes. What was taken may outlive it.
class PipePool {
 public:
  /// nullptr when there are no descriptors left.
  std::unique_ptr<Pipe> take();
  /// One that still holds bytes is closed.
  void put(std::unique_ptr<Pipe> pipe);

 private:
  static constexpr size_t kSpareMax = 16;
  std::vector<std::unique_ptr<Pipe>> spare_;
};

/// Gives all that the pipe holds; fails only when `to` takes nothing for `idle`. `last`: when it has last
/// taken something.
class SpliceOut final : public Descriptor::Waiter {
 public:
  SpliceOut(Pipe& pipe, Stream& to, Duration idle, TimePoint& last)
      : Waiter(to.descriptor(), Direction::kWrite, to.loop().now() + idle),
        pipe_(pipe),
        to_(to),
        idle_(idle),
        last_(last) {}
  Result<void> await_resume() { return std::move(result_); }

 private:
  bool attempt() override;
  void fail_with(Error error) override { result_ = tl::unexpected(std::move(error)); }

  Pipe& pipe_;
  Stream& to_;
  const Duration idle_;
  TimePoint& last_;
  Result<void> result_;
};

}  // namespace hancock::io
