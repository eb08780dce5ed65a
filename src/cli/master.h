// `hancock master`: the flags of src/master's supervisor and brain.
#pragma once

#include "cli/command.h"

namespace hancock::cli {

void add_master(Command& root);

}  // namespace hancock::cli
