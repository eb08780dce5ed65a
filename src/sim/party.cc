#include "sim/party.h"

#include <utility>

namespace hancock::sim {

void Party::start() {
  ++life_;
  is_up_ = true;
  is_paused_ = false;
}

void Party::kill() {
  is_up_ = false;
  is_paused_ = false;
  held_.clear();
}

void Party::resume() {
  if (!std::exchange(is_paused_, false)) return;
  for (auto& what : std::exchange(held_, {}))
    timeline_.after(Duration(0), [this, life = life_, what = std::move(what)] { due(life, what); });
}

void Party::in_life(uint64_t life, Duration span, std::function<void()> what) {
  timeline_.after(span, [this, life, what = std::move(what)]() mutable { due(life, std::move(what)); });
}

void Party::due(uint64_t life, std::function<void()> what) {
  if (!is_up_ || life != life_) return;
  if (is_paused_) return held_.push_back(std::move(what));
  what();
}

}  // namespace hancock::sim
