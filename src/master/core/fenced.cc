#include "master/core/fenced.h"

#include <fmt/format.h>

#include "model/time.h"

namespace hancock::master {

store::Transaction fenced(Change change, const StateKeys& keys, store::Compare fence,
                          const EventNumbers& numbers) {
  store::Transaction transaction{std::move(change.guards), std::move(change.operations)};
  transaction.compares.push_back(std::move(fence));
  if (change.events.empty()) return transaction;
  model::EventBatch batch;
  for (int64_t number = numbers.first; model::Event & event : change.events) {
    event.set_number(number);
    event.set_id(fmt::format("{}-{}", numbers.epoch, number++));
    if (!event.has_time()) *event.mutable_time() = model::to_proto(numbers.wall);
    *batch.add_events() = std::move(event);
  }
  const std::string key = keys.event(numbers.first);
  transaction.compares.push_back(store::Compare::absent(key));
  transaction.operations.push_back(store::Operation::put(key, batch.SerializeAsString()));
  return transaction;
}

}  // namespace hancock::master
