// `hancock dev …`: the verbs of src/dev on the command line.
#pragma once

#include "cli/command.h"

namespace hancock::cli {

/// Adds `dev` with up, down, start, stop, kill and image below it.
void add_dev_verbs(Command& root);

}  // namespace hancock::cli
