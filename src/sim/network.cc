#include "sim/network.h"

namespace hancock::sim {
namespace {

constexpr Duration kDelayMin = 500us;
constexpr Duration kDelayMax = 10ms;

}  // namespace

Duration Network::delay() {
  const bool slow = ground_.of_thousand(ground_.weather.slow);
  return ground_.between(kDelayMin, slow ? ground_.weather.slow_max : kDelayMax);
}

void Network::send(const Party& from, Party& to, std::function<void()> arrive) {
  const uint64_t life = to.life();
  if (joins(from, to) && ground_.of_thousand(ground_.weather.repeated)) to.in_life(life, delay(), arrive);
  if (reaches(from, to)) to.in_life(life, delay(), std::move(arrive));
}

}  // namespace hancock::sim
