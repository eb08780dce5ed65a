// Weather: how badly the network and the Nodes behave in one run. Plain data.
#pragma once

#include "base/clock.h"
#include "base/random.h"

namespace hancock::sim {

struct Weather {
  // Of a thousand messages: so many are lost, come twice, take up to `slow_max`.
  uint64_t lost = 0;
  uint64_t repeated = 0;
  uint64_t slow = 0;
  Duration slow_max{};
  uint64_t late = 0;       // of a thousand transactions, so many come true after their caller has given up
  uint64_t mishaps = 0;    // of a thousand works on a Node, so many fail
  uint64_t accidents = 0;  // things that go wrong in the cluster, in all
};

Weather fair_weather();
/// From fair to foul.
Weather any_weather(Random& dice);

}  // namespace hancock::sim
