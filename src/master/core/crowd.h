// Crowds: a Service's live Tasks, by Version, and how they stand. Worked out anew each round. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <map>

#include "master/core/service_view.h"

namespace hancock::master {

struct Crowd {
  uint32_t staying = 0;  // wanted, and not hopeless
  uint32_t serving = 0;  // of those: ready, and known to the gateways where it has routes
  uint32_t leaving = 0;  // the others
  uint32_t live() const { return staying + leaving; }
};
/// By Version.
using Crowds = std::map<uint32_t, Crowd>;

Crowds crowds_of(const State& state, const ServiceView& view);

/// `a` less `b`, and never below nothing.
inline uint32_t less(uint32_t a, uint32_t b) { return a > b ? a - b : 0; }

}  // namespace hancock::master
