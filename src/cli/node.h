// `hancock node ls`, `hancock node show N`.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct NodeOptions {
  std::string name;
};

void add_node(Command& root, const Context& context, NodeOptions& options);

}  // namespace hancock::cli
