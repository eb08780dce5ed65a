// The processor time of the calling thread: what it has worked, not how long it was there. A system call.
#pragma once

#include "base/clock.h"

namespace hancock {

Duration thread_cpu_time();

}  // namespace hancock
