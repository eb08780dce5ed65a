// Preview: what a spec would do if it were deployed now: the requests' and the reconciler's own functions, on
// a copy of the State. Nothing is changed. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "master/core/contacts.h"
#include "master/core/requests.h"

namespace hancock::master {

struct ServicePreview {
  enum class Kind { kNothing, kCreate, kUpdate, kScale, kRemove };
  struct Place {
    std::string node;
    std::string because;
  };
  struct Stop {
    std::string task;
    std::string node;
  };
  Kind kind = Kind::kNothing;
  uint32_t from = 0;          // the newest Version now; 0: none
  uint32_t to = 0;            // 0: it is removed
  model::ServiceSpec before;  // of these two
  model::ServiceSpec after;
  std::vector<Place> places;  // of the first Tasks to start
  std::vector<Stop> stops;    // in the end
  std::string problem;        // why not all of the first ones have a place
};
/// By Service, also those that the spec no longer has.
using Preview = std::map<std::string, ServicePreview>;

/// Errors: as apply_spec.
RequestResult<Preview> preview_spec(const State& state, const model::AppSpec& spec, const Contacts& contacts,
                                    TimePoint now, WallTime wall, Random& random);

}  // namespace hancock::master
