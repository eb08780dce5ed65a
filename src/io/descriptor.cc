#include "io/descriptor.h"

#include <sys/epoll.h>

#include <cstdlib>

namespace hancock::io {

Descriptor::Descriptor(Loop& loop, UniqueFd fd)
    : loop_(loop),
      fd_(std::move(fd)),
      read_timer_(loop, [this] { expire(Direction::kRead); }),
      write_timer_(loop, [this] { expire(Direction::kWrite); }) {
  loop_.add(fd_.get(), this);
}

Descriptor::~Descriptor() {
  if (destroyed_) *destroyed_ = true;
  if (fd_) loop_.remove(fd_.get(), this);
}

UniqueFd Descriptor::release() {
  loop_.remove(fd_.get(), this);
  aborted_ = true;
  return std::move(fd_);
}

bool Descriptor::Waiter::await_ready() {
  if (descriptor_.aborted_) {
    fail_with({ErrorCode::kCancelled, "aborted", {}});
    return true;
  }
  return worth_trying() && attempt();
}

void Descriptor::Waiter::await_suspend(std::coroutine_handle<> waiting) {
  Waiter*& slot = descriptor_.slot(direction_);
  if (slot != nullptr) std::abort();  // two readers or two writers at once
  slot = this;
  waiting_ = waiting;
  descriptor_.timer(direction_).arm(deadline_);
}

void Descriptor::Waiter::postpone(TimePoint deadline) {
  deadline_ = deadline;
  if (waiting_) descriptor_.timer(direction_).arm(deadline);
}

Descriptor::Waiter::~Waiter() {
  if (!waiting_ || descriptor_.slot(direction_) != this) return;
  descriptor_.slot(direction_) = nullptr;
  descriptor_.timer(direction_).disarm();
}

void Descriptor::finish(Direction direction) {
  Waiter* const waiter = std::exchange(slot(direction), nullptr);
  timer(direction).disarm();
  std::exchange(waiter->waiting_, nullptr).resume();  // may destroy *this
}

void Descriptor::dispatch(uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) hung_up_ = true;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) maybe_readable_ = true;
  const bool writable = events & (EPOLLOUT | EPOLLHUP | EPOLLERR);

  bool destroyed = false;
  destroyed_ = &destroyed;
  Waiter* const reader = slot(Direction::kRead);
  if (reader && maybe_readable_ && reader->attempt()) finish(Direction::kRead);
  if (destroyed) return;
  Waiter* const writer = slot(Direction::kWrite);
  if (writer && writable && writer->attempt()) finish(Direction::kWrite);
  if (!destroyed) destroyed_ = nullptr;
}

void Descriptor::expire(Direction direction) {
  Waiter* const waiter = slot(direction);
  if (!waiter) return;
  waiter->fail_with({ErrorCode::kTimeout, "timed out", {}});
  finish(direction);
}

void Descriptor::abort() {
  if (std::exchange(aborted_, true)) return;
  bool destroyed = false;
  bool* const outer = std::exchange(destroyed_, &destroyed);
  for (const Direction direction : {Direction::kRead, Direction::kWrite}) {
    if (!slot(direction)) continue;
    slot(direction)->fail_with({ErrorCode::kCancelled, "aborted", {}});
    finish(direction);
    if (destroyed) {
      if (outer) *outer = true;
      return;
    }
  }
  destroyed_ = outer;
}

}  // namespace hancock::io
