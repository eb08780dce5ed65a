// Upstreams that a file names, for a gateway without etcd: a map of names and of what PUT /upstream/<name>
// takes. Each is checked as the Registry's are; a mistake has its line.
#pragma once

#include "model/spec_report.h"
#include "slardar/config/config.h"

namespace hancock::slardar {

/// They take the place of the Config's.
void read_upstreams(model::spec::Report& report, const model::spec::Place& place, Config& config);
}  // namespace hancock::slardar
