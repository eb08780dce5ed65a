// The verbs of `hancock`, a file each: each function adds its own to the command tree.
//
// Main thread, before anything else runs. `context` must outlive the tree.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

void add_deploy(Command& root, const Context& context);
void add_plan(Command& root, const Context& context);
void add_history(Command& root, const Context& context);
void add_diff(Command& root, const Context& context);
void add_rollback(Command& root, const Context& context);
void add_restart(Command& root, const Context& context);
void add_promote(Command& root, const Context& context);
void add_ps(Command& root, const Context& context);
void add_status(Command& root, const Context& context);
void add_why(Command& root, const Context& context);
void add_logs(Command& root, const Context& context);
void add_events(Command& root, const Context& context);
void add_scale(Command& root, const Context& context);
void add_stop(Command& root, const Context& context);
void add_rm(Command& root, const Context& context);
void add_node(Command& root, const Context& context);
/// Below `node`.
void add_node_drain(Command& group, const Context& context);
void add_site(Command& root, const Context& context);
void add_agent(Command& root);
void add_master(Command& root);
void add_dev(Command& root);

/// All of them, with the flags that they have in common.
void add_verbs(Command& root, Context& context);

/// main(): parses, runs, gives the exit code.
int run_hancock(int argc, char** argv);

}  // namespace hancock::cli
