// Rooms: what each Node has left, and who may be placed there. Built from the State for one round; every
// placement takes its share at once, so that later ones see it. Pure data; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "hancock/model.pb.h"
#include "hancock/spec.pb.h"
#include "master/core/contacts.h"
#include "master/core/state.h"

namespace hancock::master {

struct Room {
  const model::Node* node = nullptr;  // the State's
  bool is_open = false;               // ready, not draining, heard of since the takeover
  uint64_t cpu_millis = 0;            // reserved, as are the next two
  uint64_t memory_bytes = 0;
  uint64_t pids = 0;
  uint64_t tasks = 0;

  void take(const model::ResourcesSpec& resources);
};

/// By Node.
using Rooms = std::map<std::string, Room, std::less<>>;

/// Tasks hold their share until they have ended.
Rooms rooms_of(const State& state, const Contacts& contacts, TimePoint now);

}  // namespace hancock::master
