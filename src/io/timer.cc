#include "io/timer.h"

#include "io/loop.h"

namespace hancock::io {

Timer::Timer(Loop& loop, std::function<void()> callback)
    : queue_(loop.timers()), callback_(std::move(callback)) {}

Timer::~Timer() {
  if (index_ != kNotQueued) queue_.remove(*this);
}

void Timer::arm(TimePoint when) {
  due_ = when;
  if (when == kForever) return;
  if (index_ != kNotQueued) {
    if (queued_ <= when) return;
    queue_.remove(*this);
  }
  queue_.add(*this, when);
}

void TimerQueue::run(TimePoint now) {
  while (!heap_.empty() && heap_.front()->queued_ <= now) {
    Timer& timer = *heap_.front();
    remove(timer);
    if (timer.due_ == kForever) continue;
    if (timer.due_ > now) {
      add(timer, timer.due_);
      continue;
    }
    timer.due_ = kForever;
    timer.callback_();
  }
}

void TimerQueue::add(Timer& timer, TimePoint when) {
  timer.queued_ = when;
  heap_.push_back(&timer);
  timer.index_ = heap_.size() - 1;
  sift_up(timer.index_);
}

void TimerQueue::remove(Timer& timer) {
  const size_t index = timer.index_;
  timer.index_ = Timer::kNotQueued;
  Timer* last = heap_.back();
  heap_.pop_back();
  if (last == &timer) return;
  place(index, last);
  sift_up(index);
  sift_down(last->index_);
}

void TimerQueue::sift_up(size_t index) {
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (heap_[parent]->queued_ <= heap_[index]->queued_) return;
    Timer* moved = heap_[parent];
    place(parent, heap_[index]);
    place(index, moved);
    index = parent;
  }
}

void TimerQueue::sift_down(size_t index) {
  while (true) {
    size_t least = index;
    for (const size_t child : {2 * index + 1, 2 * index + 2}) {
      if (child < heap_.size() && heap_[child]->queued_ < heap_[least]->queued_) least = child;
    }
    if (least == index) return;
    Timer* moved = heap_[least];
    place(least, heap_[index]);
    place(index, moved);
    index = least;
  }
}

void TimerQueue::place(size_t index, Timer* timer) {
  heap_[index] = timer;
  timer->index_ = index;
}

}  // namespace hancock::io
