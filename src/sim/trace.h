// Trace: the last lines of what happened in a run, for people. Off unless asked for: a run that failed is
// replayed with it. One thread.
#pragma once

#include <fmt/core.h>

#include <deque>
#include <string>

#include "sim/timeline.h"

namespace hancock::sim {

class Trace {
 public:
  /// Keeps the last `lines`; 0: none.
  Trace(const Timeline& timeline, size_t lines) : timeline_(timeline), lines_max_(lines) {}

  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    if (lines_max_ > 0) add(fmt::format(format, std::forward<Args>(args)...));
  }

  const std::deque<std::string>& lines() const { return lines_; }

 private:
  void add(std::string text) {
    const double seconds = std::chrono::duration<double>(timeline_.elapsed()).count();
    lines_.push_back(fmt::format("{:10.3f}  {}", seconds, text));
    if (lines_.size() > lines_max_) lines_.pop_front();
  }

  const Timeline& timeline_;
  size_t lines_max_;
  std::deque<std::string> lines_;
};

}  // namespace hancock::sim
