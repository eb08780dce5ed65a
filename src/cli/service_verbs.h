// `hancock scale SERVICE N`, `stop APP[/SERVICE]`, `rm APP[/SERVICE]`: change what is wanted and wait until
// it is so.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct ServiceVerbOptions {
  std::string target;
  int64_t replicas = 0;
  bool detach = false;
};

void add_scale(Command& root, const Context& context, ServiceVerbOptions& options);
void add_stop(Command& root, const Context& context, ServiceVerbOptions& options);
void add_rm(Command& root, const Context& context, ServiceVerbOptions& options);

}  // namespace hancock::cli
