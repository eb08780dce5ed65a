// Whether two specs of a Service are one Version. Pure; any thread.
#pragma once

#include "hancock/spec.pb.h"

namespace hancock::model {

/// True when nothing but `replicas` differs: going from one to the other needs no new Version. The order of
/// lists counts, that of maps does not.
bool same_version(const ServiceSpec& a, const ServiceSpec& b);

}  // namespace hancock::model
