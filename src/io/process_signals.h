// ProcessSignals: SIGTERM and its like as values on the loop instead of handlers.
#pragma once

#include <initializer_list>

#include "io/async.h"
#include "io/descriptor.h"

namespace hancock::io {

class ProcessSignals {
 public:
  /// Blocks `numbers` for this thread and those it starts later: make it first thing in main.
  ProcessSignals(Loop& loop, std::initializer_list<int> numbers);

  /// The number of the next one.
  Async<Result<int>> next();

 private:
  Descriptor descriptor_;
};

}  // namespace hancock::io
