// `hancock agent`: a Node's worker, in the foreground until it is told to end.
#include <fmt/core.h>

#include <memory>

#include "agent/run_agent.h"
#include "cli/verbs.h"

namespace hancock::cli {
namespace {

struct AgentFlags {
  agent::AgentOptions options;
  std::vector<std::string> labels;  // "k=v"
};

ExitCode run(AgentFlags& flags) {
  for (const std::string& label : flags.labels) {
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      fmt::print(stderr, "--label: \"{}\": a label is key=value\n", label);
      return ExitCode::kRefused;
    }
    flags.options.labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return static_cast<ExitCode>(agent::run_agent(flags.options));
}

}  // namespace

void add_agent(Command& root) {
  auto flags = std::make_shared<AgentFlags>();
  Command& verb = root.verb("agent", "a Node's worker: runs what the Masters assign to it");
  agent::AgentOptions& options = flags->options;
  verb.option("--node", options.node, "this Node's name", Presence::kRequired);
  verb.option("--site", options.site, "the Site that it stands in", Presence::kRequired);
  verb.option("--label", flags->labels, "key=value, for placement; may be repeated");
  verb.option("--masters", options.masters, "host:port of each Master, comma-separated", Presence::kRequired);
  verb.option("--token-file", options.token_file, "the file that holds the Agents' token",
              Presence::kRequired);
  verb.option("--containerd", options.containerd, "containerd's socket");
  verb.option("--address", options.address, "the IP of this Node at which host ports are reached",
              Presence::kRequired);
  verb.option("--data", options.data, "folder of the journal and of the Tasks' logs", Presence::kRequired);
  verb.option("--cgroup", options.cgroup, "below which every Task's cgroup lies");
  verb.option("--warm-sandboxes", options.warm_sandboxes, "how many are made ahead for Tasks to come");
  verb.option("--image-disk-high", options.images.high,
              "percent of the disk of images at which those that nobody needs are collected");
  verb.option("--image-disk-low", options.images.low, "percent at which enough are");
  verb.option("--boot-id", options.boot_id, "a file that holds something else after each boot");
  verb.action([flags] { return run(*flags); });
}

}  // namespace hancock::cli
