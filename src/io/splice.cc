#include "io/splice.h"

#include <fcntl.h>

#include <cerrno>

namespace hancock::io {
namespace {

constexpr unsigned kFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

ssize_t splice_some(int from, int to, size_t bytes) {
  ssize_t n = 0;
  do n = ::splice(from, nullptr, to, nullptr, bytes, kFlags);
  while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace

std::unique_ptr<Pipe> Pipe::open() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return nullptr;
  UniqueFd out(ends[0]), in(ends[1]);
  ::fcntl(in.get(), F_SETPIPE_SZ, kBytesMax);  // refused past the user's share of memory: then 64 KiB
  return std::unique_ptr<Pipe>(new Pipe(std::move(out), std::move(in)));
}

std::unique_ptr<Pipe> PipePool::take() {
  if (spare_.empty()) return Pipe::open();
  auto pipe = std::move(spare_.back());
  spare_.pop_back();
  return pipe;
}

void PipePool::put(std::unique_ptr<Pipe> pipe) {
  if (pipe && pipe->empty() && spare_.size() < kSpareMax) spare_.push_back(std::move(pipe));
}

// A short count does not say that the socket is drained: a pipe counts its pages, too.
Attempt Pipe::fill(Stream& from) {
  const ssize_t n = splice_some(from.descriptor().fd(), in_.get(), kBytesMax);
  if (n >= 0) {
    held_ = static_cast<size_t>(n);
    return {Attempt::Outcome::kDone, held_, 0};
  }
  if (errno != EAGAIN) return {Attempt::Outcome::kFailed, 0, errno};
  from.descriptor().set_drained();
  return {Attempt::Outcome::kBlocked, 0, 0};
}

bool SpliceOut::attempt() {
  while (pipe_.held_ > 0) {
    const ssize_t n = splice_some(pipe_.out_.get(), descriptor().fd(), pipe_.held_);
    if (n < 0 && errno == EAGAIN) return false;
    if (n < 0) {
      fail_with(errno_error(errno, "send"));
      return true;
    }
    pipe_.held_ -= static_cast<size_t>(n);
    last_ = to_.loop().now();
    postpone(last_ + idle_);
  }
  return true;
}

}  // namespace hancock::io
