#include "cli/verbs.h"

#include <unistd.h>

#include <csignal>

#include "cli/agent.h"
#include "cli/deploy.h"
#include "cli/dev.h"
#include "cli/events.h"
#include "cli/logs.h"
#include "cli/master.h"
#include "cli/node.h"
#include "cli/ps.h"
#include "cli/service_verbs.h"
#include "cli/status.h"

namespace hancock::cli {
namespace {

// Known from the start, built by later work: refused by name, never taken for a typo.
constexpr const char* kLater[] = {"plan",    "history",  "diff",   "why",      "health", "restart",
                                  "promote", "rollback", "tenant", "token",    "secret", "registry",
                                  "audit",   "callback", "alert",  "operator", "site"};

struct Options {
  Context context;
  DeployOptions deploy;
  PsOptions ps;
  StatusOptions status;
  LogsOptions logs;
  EventsOptions events;
  ServiceVerbOptions scale;
  ServiceVerbOptions stop;
  ServiceVerbOptions rm;
  NodeOptions node;
  AgentFlags agent;
};

void interrupted(int) { ::_exit(static_cast<int>(ExitCode::kInterrupted)); }

}  // namespace

int run_hancock(int argc, char** argv) {
  std::signal(SIGINT, interrupted);
  std::signal(SIGPIPE, SIG_IGN);
  Options options;
  Command root("hancock", "runs containers at the edge and keeps them reachable");
  add_common_flags(root, options.context);
  add_deploy(root, options.context, options.deploy);
  add_ps(root, options.context, options.ps);
  add_status(root, options.context, options.status);
  add_logs(root, options.context, options.logs);
  add_events(root, options.context, options.events);
  add_scale(root, options.context, options.scale);
  add_stop(root, options.context, options.stop);
  add_rm(root, options.context, options.rm);
  add_node(root, options.context, options.node);
  add_agent(root, options.agent);
  add_master(root);
  add_dev_verbs(root);
  for (const char* name : kLater) root.later(name);
  return static_cast<int>(root.run(argc, argv));
}

}  // namespace hancock::cli
