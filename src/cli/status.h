// `hancock status [APP[/SERVICE]]`: how each Service does, its last Deployment, and what is wrong.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct StatusOptions {
  std::string target;
};

void add_status(Command& root, const Context& context, StatusOptions& options);

}  // namespace hancock::cli
