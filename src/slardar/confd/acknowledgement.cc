#include "slardar/confd/acknowledgement.h"

#include <algorithm>

namespace hancock::slardar {

void Acknowledgement::applied(size_t worker, uint64_t number, registry::Position position,
                              TaskCounts in_flight) {
  workers_[worker] = {number, position, std::move(in_flight)};
}

void Acknowledgement::in_flight_changed(size_t worker, TaskCounts in_flight) {
  workers_[worker].in_flight = std::move(in_flight);
}

registry::Position Acknowledgement::position() const {
  if (number() == 0) return {};
  const auto lowest = std::min_element(workers_.begin(), workers_.end(),
                                       [](const State& a, const State& b) { return a.number < b.number; });
  return lowest->position;
}

uint64_t Acknowledgement::number() const {
  uint64_t lowest = UINT64_MAX;
  for (const State& worker : workers_) lowest = std::min(lowest, worker.number);
  return workers_.empty() ? 0 : lowest;
}

TaskCounts Acknowledgement::in_flight() const {
  TaskCounts sum;
  for (const State& worker : workers_) {
    for (const auto& [task, count] : worker.in_flight) sum[task] += count;
  }
  return sum;
}

}  // namespace hancock::slardar
