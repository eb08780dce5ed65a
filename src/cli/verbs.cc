#include "cli/verbs.h"

#include <unistd.h>

#include <csignal>

namespace hancock::cli {
namespace {

// Known from the start, built by later work: refused by name, never taken for a typo.
constexpr const char* kLater[] = {"health", "tenant",   "token", "secret",  "registry",
                                  "audit",  "callback", "alert", "operator"};

void interrupted(int) { ::_exit(static_cast<int>(ExitCode::kInterrupted)); }

}  // namespace

void add_verbs(Command& root, Context& context) {
  root.version("hancock " HANCOCK_VERSION);
  add_common_flags(root, context);
  add_deploy(root, context);
  add_plan(root, context);
  add_history(root, context);
  add_diff(root, context);
  add_rollback(root, context);
  add_restart(root, context);
  add_promote(root, context);
  add_ps(root, context);
  add_status(root, context);
  add_why(root, context);
  add_logs(root, context);
  add_events(root, context);
  add_scale(root, context);
  add_stop(root, context);
  add_rm(root, context);
  add_node(root, context);
  add_site(root, context);
  add_agent(root);
  add_master(root);
  add_dev(root);
  for (const char* name : kLater) root.later(name);
}

int run_hancock(int argc, char** argv) {
  std::signal(SIGINT, interrupted);
  std::signal(SIGPIPE, SIG_IGN);
  Context context;
  Command root("hancock", "runs containers at the edge and keeps them reachable");
  add_verbs(root, context);
  return static_cast<int>(root.run(argc, argv));
}

}  // namespace hancock::cli
