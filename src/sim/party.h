// Party: one process of the simulated cluster as time sees it: it lives, is paused, dies, lives again.
//
// What it is to do later belongs to the life in which it was planned: a later life knows nothing of it. What
// falls due while it is paused happens, in order, when it goes on. One thread; outlives the Timeline's
// entries.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/timeline.h"

namespace hancock::sim {

class Party {
 public:
  Party(Timeline& timeline, std::string name) : timeline_(timeline), name_(std::move(name)) {}
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  const std::string& name() const { return name_; }
  bool is_up() const { return is_up_; }
  bool is_paused() const { return is_paused_; }
  /// Grows with each start.
  uint64_t life() const { return life_; }

  void start();
  void kill();
  void pause() { is_paused_ = true; }
  void resume();

  /// In this life, and not while paused.
  void after(Duration span, std::function<void()> what) { in_life(life_, span, std::move(what)); }
  /// The same in life `life`, which may be over.
  void in_life(uint64_t life, Duration span, std::function<void()> what);

 private:
  void due(uint64_t life, std::function<void()> what);

  Timeline& timeline_;
  std::string name_;
  uint64_t life_ = 0;
  bool is_up_ = false;
  bool is_paused_ = false;
  std::vector<std::function<void()>> held_;  // fell due while paused
};

}  // namespace hancock::sim
