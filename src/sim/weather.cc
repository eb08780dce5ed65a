#include "sim/weather.h"

namespace hancock::sim {

Weather fair_weather() { return {}; }

Weather any_weather(Random& dice) {
  Weather weather;
  const uint64_t foulness = dice.below(4);
  if (foulness > 0) {
    weather.lost = dice.below(20 * foulness);
    weather.repeated = dice.below(30 * foulness);
    weather.slow = dice.below(20 * foulness);
    weather.slow_max = std::chrono::milliseconds(100 + dice.below(9'000));
    weather.late = dice.below(20 * foulness);
    weather.mishaps = dice.below(50 * foulness);
  }
  weather.accidents = 2 + dice.below(10);
  return weather;
}

}  // namespace hancock::sim
