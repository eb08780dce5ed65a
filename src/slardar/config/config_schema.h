// The keys of slardar's configuration: what `slardar.yaml` and the flags of the same names may say, each with
// how it is read and what is allowed (docs/slardar.md). Immutable; any thread.
#pragma once

#include "model/spec_schema.h"
#include "slardar/config/config.h"

namespace hancock::slardar {

/// Reads what is written into a Config; what is not stays as it is there.
const model::spec::Schema<Config>& config_schema();

}  // namespace hancock::slardar
