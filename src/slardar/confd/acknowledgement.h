// Acknowledgement: what this gateway may say of itself to the leader, from what its workers say.
//
// `applied` is the lowest position of any worker: a worker has applied one when it has swapped, since from
// then on it picks by it and every earlier pick is counted. `in_flight` is the workers' sum for each Task
// that an open barrier names. A worker that has not spoken of a Task yet has not applied the barrier either,
// so the sum is complete wherever `applied` has reached it. Pure; control thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry/records.h"

namespace hancock::slardar {

using TaskCounts = std::map<std::string, uint64_t>;

class Acknowledgement {
 public:
  explicit Acknowledgement(size_t workers) : workers_(workers) {}

  /// That worker has swapped to snapshot `number`.
  void applied(size_t worker, uint64_t number, registry::Position position, TaskCounts in_flight);
  void in_flight_changed(size_t worker, TaskCounts in_flight);

  /// {0, 0} until every worker has one.
  registry::Position position() const;
  /// The lowest snapshot number of any worker; 0 until every worker has one.
  uint64_t number() const;
  TaskCounts in_flight() const;

 private:
  struct State {
    uint64_t number = 0;
    registry::Position position;
    TaskCounts in_flight;
  };
  std::vector<State> workers_;
};

}  // namespace hancock::slardar
