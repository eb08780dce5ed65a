#include "sim/timeline.h"

#include <algorithm>

namespace hancock::sim {

void Timeline::at(TimePoint when, std::function<void()> what) {
  heap_.push_back({std::max(when, now_), made_++, std::move(what)});
  std::push_heap(heap_.begin(), heap_.end(), is_later);
}

bool Timeline::step() {
  if (heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end(), is_later);
  const Entry entry = std::move(heap_.back());
  heap_.pop_back();
  now_ = entry.when;
  ++steps_;
  entry.what();
  return true;
}

}  // namespace hancock::sim
