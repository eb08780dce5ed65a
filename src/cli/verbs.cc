#include "cli/verbs.h"

#include "cli/command.h"
#include "cli/dev.h"

namespace hancock::cli {

int run_hancock(int argc, char** argv) {
  Command root("hancock", "runs containers at the edge and keeps them reachable");
  add_dev_verbs(root);
  return static_cast<int>(root.run(argc, argv));
}

}  // namespace hancock::cli
