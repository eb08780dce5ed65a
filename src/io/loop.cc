#include "io/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/log.h"
#include "io/descriptor.h"

namespace hancock::io {
namespace {

constexpr size_t kBatchMax = 256;
constexpr size_t kTimeEvery = 8;  // events: what one has cost is not taken from the deadlines of the next
constexpr size_t kAhead = 4;      // with thousands of connections a descriptor is in no cache

int timeout_ms(TimePoint next, TimePoint now) {
  if (next == kForever) return -1;
  if (next <= now) return 0;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
  return static_cast<int>(std::min<int64_t>(wait, 60'000));
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_) {
    log::error("io", "no epoll or event descriptor: {}", errno_error(errno, "epoll").message);
    std::abort();
  }
  batch_.resize(kBatchMax);
  add(wake_.get(), nullptr);
}

Loop::~Loop() = default;

void Loop::add(int fd, Descriptor* descriptor) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = descriptor;
  if (descriptor == nullptr) {  // the wake-up descriptor: level-triggered, read side only
    event.events = EPOLLIN;
    event.data.ptr = this;
  }
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) < 0) {
    log::error("io", "{}", errno_error(errno, "epoll_ctl add").message);
    std::abort();
  }
}

void Loop::remove(int fd, Descriptor* descriptor) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  for (size_t i = 0; i < batch_size_; ++i) {
    if (batch_[i].data.ptr == descriptor) batch_[i].data.ptr = nullptr;
  }
}

void Loop::run() {
  stopped_ = false;
  while (!stopped_) {
    run_posted();
    timers_.run(now());
    if (stopped_) break;
    poll();
  }
}

void Loop::stop() {
  post([this] { stopped_ = true; });
}

void Loop::post(std::function<void()> callback) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(callback));
    if (posted_.size() > 1) return;  // the first one rang already
  }
  const uint64_t one = 1;
  [[maybe_unused]] const auto n = ::write(wake_.get(), &one, sizeof one);
}

void Loop::run_posted() {
  std::vector<std::function<void()>> now_due;
  {
    const std::lock_guard lock(posted_mutex_);
    now_due.swap(posted_);
  }
  for (auto& callback : now_due) callback();
}

void Loop::poll() {
  const int count =
      epoll_wait(epoll_.get(), batch_.data(), static_cast<int>(kBatchMax), timeout_ms(timers_.next(), now()));
  if (count <= 0) return;  // time-out or EINTR
  batch_size_ = static_cast<size_t>(count);
  for (size_t i = 0; i < batch_size_; ++i) {
    if (i % kTimeEvery == 0) batch_time_ = BootClock::now();
    void* const target = batch_[i].data.ptr;
    if (i + kAhead < batch_size_) __builtin_prefetch(batch_[i + kAhead].data.ptr);
    if (target == nullptr) continue;
    if (target == this) {
      uint64_t rings = 0;
      [[maybe_unused]] const auto n = ::read(wake_.get(), &rings, sizeof rings);
      continue;
    }
    static_cast<Descriptor*>(target)->dispatch(batch_[i].events);
  }
  batch_size_ = 0;
  batch_time_ = TimePoint();
}

}  // namespace hancock::io
