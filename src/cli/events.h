// `hancock events [-f]`: what happened, oldest first, numbered without a gap.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct EventsOptions {
  bool follow = false;
  int64_t after = 0;
  std::string app;
  std::string kind;
};

void add_events(Command& root, const Context& context, EventsOptions& options);

}  // namespace hancock::cli
