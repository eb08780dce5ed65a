// `hancock master`: the flags of src/master's supervisor and brain.
#include <fmt/core.h>

#include <cstdio>
#include <memory>

#include "cli/verbs.h"
#include "master/run_brain.h"
#include "master/supervisor.h"

namespace hancock::cli {
namespace {

struct Flags {
  std::string data;
  std::string name;
  std::string listen;
  std::string etcd_client;
  std::string etcd_peer;
  std::string join;
  bool bootstrap = false;
  bool brain = false;
};

ExitCode finish(const Result<void>& result) {
  if (result) return ExitCode::kDone;
  fmt::print(stderr, "hancock master: {}\n", result.error().message);
  const ErrorCode code = result.error().code;
  return code == ErrorCode::kInvalid || code == ErrorCode::kUnsupported ? ExitCode::kRefused
                                                                        : ExitCode::kFailed;
}

ExitCode run(const Flags& flags) {
  if (!flags.join.empty()) {
    return finish(fail(ErrorCode::kUnsupported, "--join: more than one Master is not supported yet"));
  }
  if (flags.brain) return finish(master::run_brain(flags.data));
  master::MasterOptions options{.data = flags.data,
                                .name = flags.name,
                                .listen = flags.listen,
                                .etcd_client = flags.etcd_client,
                                .etcd_peer = flags.etcd_peer,
                                .bootstrap = flags.bootstrap};
  return finish(master::run_supervisor(std::move(options)));
}

}  // namespace

void add_master(Command& root) {
  auto flags = std::make_shared<Flags>();
  Command& verb = root.verb("master", "runs a Master: its etcd member and its brain");
  verb.option("--data", flags->data, "its folder; remembers the other flags", Presence::kRequired);
  verb.option("--listen", flags->listen, "HOST:PORT of the API");
  verb.option("--etcd-client", flags->etcd_client, "HOST:PORT on loopback, for its own etcd member");
  verb.option("--etcd-peer", flags->etcd_peer, "HOST:PORT at which the other members reach it");
  verb.option("--name", flags->name, "of this Master; master-1 at the first start");
  verb.flag("--bootstrap", flags->bootstrap, "make a new cluster; without effect on a folder that has one");
  verb.option("--join", flags->join, "not supported yet");
  verb.hidden_flag("--brain", flags->brain);
  verb.action([flags] { return run(*flags); });
}

}  // namespace hancock::cli
