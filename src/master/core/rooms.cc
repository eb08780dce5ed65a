#include "master/core/rooms.h"

namespace hancock::master {

void Room::take(const model::ResourcesSpec& resources) {
  cpu_millis += resources.cpu_millis();
  memory_bytes += resources.memory_bytes();
  pids += resources.pids();
  ++tasks;
}

Rooms rooms_of(const State& state, const Contacts& contacts, TimePoint now) {
  Rooms rooms;
  for (const auto& [name, node] : state.nodes()) {
    Room& room = rooms[name];
    room.node = &node.value;
    room.is_open = node.value.state() == model::NODE_STATE_READY && contacts.has_reported(name) &&
                   now - contacts.last(name) < kSuspectAfter;
    for (const std::string& id : state.tasks_on(name)) {
      const model::Task& task = state.task(id)->value;
      if (!is_live(task)) continue;
      const auto* version = state.version(service_of(task), task.version());
      room.take(version ? version->value.spec().resources() : model::ResourcesSpec());
    }
  }
  return rooms;
}

}  // namespace hancock::master
