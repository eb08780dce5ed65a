// `hancock dev …`: the verbs of src/dev on the command line.
#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/number.h"
#include "cli/verbs.h"
#include "dev/control.h"
#include "dev/down.h"
#include "dev/interrupt.h"
#include "dev/up.h"
#include "model/units.h"

namespace hancock::cli {
namespace {

namespace fs = std::filesystem;

ExitCode exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
      return ExitCode::kRefused;
    case ErrorCode::kTimeout:
      return ExitCode::kTimeout;
    case ErrorCode::kCancelled:
      return ExitCode::kInterrupted;
    default:
      return ExitCode::kFailed;
  }
}

ExitCode refuse(const Error& error) {
  fmt::print(stderr, "hancock dev: {}\n", error.message);
  return exit_code(error);
}

template <class T>
ExitCode finish(const Result<T>& result) {
  return result ? ExitCode::kDone : refuse(result.error());
}

// One cluster has one name for its folder, however it was written.
fs::path folder(const std::string& dir) {
  std::error_code error;
  fs::path path = fs::weakly_canonical(fs::absolute(dir, error), error);
  return path.filename().empty() ? path.parent_path() : path;
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void add_dir(Command& verb, std::string& dir) {
  verb.option("--dir", dir, "the cluster's folder", Presence::kRequired);
}

struct UpFlags {
  std::string dir;
  int64_t masters = 1;
  std::string nodes;  // "": not given
  int64_t gateways = 2;
  int64_t sites = 1;
  bool detach = false;
  std::string timeout = "2m";
};

void say_how_to_look_around(const dev::Cluster& cluster) {
  say(fmt::format("up. Addresses and token: . {}", cluster.layout().env().string()));
  say(fmt::format("    processes: {}   logs: {}", cluster.layout().processes().string(),
                  cluster.layout().logs().string()));
}

ExitCode take_down(const fs::path& dir, dev::Logs logs) {
  const auto left = dev::down(dir, logs);
  if (!left) return refuse(left.error());
  for (const std::string& line : *left) fmt::print(stderr, "left: {}\n", line);
  return left->empty() ? ExitCode::kDone : ExitCode::kFailed;
}

// Without Masters nobody gives a Node work: none, unless asked for.
Result<int> node_count(const UpFlags& flags) {
  if (flags.nodes.empty()) return flags.masters > 0 ? 3 : 0;
  if (const auto count = parse_number<int>(flags.nodes)) return *count;
  return fail(ErrorCode::kInvalid, "--nodes: {}: a number", flags.nodes);
}

ExitCode run_up(const UpFlags& flags) {
  dev::Interrupt interrupt;
  const auto timeout = model::parse_duration(flags.timeout);
  if (!timeout) return refuse(timeout.error());
  const auto nodes = node_count(flags);
  if (!nodes) return refuse(nodes.error());
  dev::UpOptions options;
  options.dir = folder(flags.dir);
  options.shape = {.masters = static_cast<int>(flags.masters),
                   .nodes = *nodes,
                   .gateways = static_cast<int>(flags.gateways),
                   .sites = static_cast<int>(flags.sites)};
  options.timeout = *timeout;
  options.report = say;
  const auto cluster = dev::up(options, interrupt);
  if (!cluster) return refuse(cluster.error());
  say_how_to_look_around(*cluster);
  if (flags.detach) return ExitCode::kDone;
  say("Ctrl-C ends it.");
  dev::stay(*cluster, interrupt, say);
  const ExitCode ended = take_down(options.dir, dev::Logs::kRemove);
  return ended == ExitCode::kDone && interrupt.requested() ? ExitCode::kInterrupted : ended;
}

void add_up(Command& dev) {
  auto flags = std::make_shared<UpFlags>();
  Command& verb = dev.verb("up", "start a whole cluster on this machine");
  add_dir(verb, flags->dir);
  verb.option("--masters", flags->masters, "how many Masters; 0: a plain etcd");
  verb.option("--nodes", flags->nodes,
              "how many Nodes; 3 unless given, without Masters 0 (and containerd only)");
  verb.option("--gateways", flags->gateways, "how many gateways");
  verb.option("--sites", flags->sites, "how many Sites the members are dealt out to");
  verb.flag("--detach", flags->detach, "return when all is ready, and leave it running");
  verb.option("--timeout", flags->timeout, "how long all may take to become ready");
  verb.action([flags] { return run_up(*flags); });
}

void add_down(Command& dev) {
  struct Flags {
    std::string dir;
    bool keep_logs = false;
  };
  auto flags = std::make_shared<Flags>();
  Command& verb = dev.verb("down", "end a cluster and remove all it made; says what is left");
  add_dir(verb, flags->dir);
  verb.flag("--keep-logs", flags->keep_logs, "leave its logs folder");
  verb.action([flags] {
    const dev::Interrupt uninterrupted;
    return take_down(folder(flags->dir), flags->keep_logs ? dev::Logs::kKeep : dev::Logs::kRemove);
  });
}

struct MemberFlags {
  std::string dir;
  std::string name;
  std::string signal = "KILL";
};

Command& add_member_verb(Command& dev, const char* verb_name, const char* help, MemberFlags& flags) {
  Command& verb = dev.verb(verb_name, help);
  add_dir(verb, flags.dir);
  verb.argument("NAME", flags.name, "as in processes.json: gateway-1, agent-2, …; or a whole Node: node-2");
  return verb;
}

void add_start_stop_kill(Command& dev) {
  auto flags = std::make_shared<MemberFlags>();
  add_member_verb(dev, "start", "start a process that ended, with the same arguments", *flags)
      .action([flags] { return finish(dev::start(folder(flags->dir), flags->name)); });
  add_member_verb(dev, "stop", "end a process with SIGTERM and wait for it", *flags).action([flags] {
    constexpr auto kPatience = std::chrono::seconds(45);  // longer than a gateway drains
    return finish(dev::stop(folder(flags->dir), flags->name, kPatience));
  });
  Command& kill = add_member_verb(dev, "kill", "send a signal to a process", *flags);
  kill.option("--signal", flags->signal, "its name or number");
  kill.action([flags] {
    const auto signal = dev::parse_signal(flags->signal);
    return signal ? finish(dev::kill(folder(flags->dir), flags->name, *signal)) : refuse(signal.error());
  });
}

void add_cut_join(Command& dev) {
  struct Flags {
    std::string dir;
    std::string node;
  };
  auto flags = std::make_shared<Flags>();
  const auto add = [&](const char* name, const char* help,
                       Result<void> (*act)(const fs::path&, const std::string&)) {
    Command& verb = dev.verb(name, help);
    add_dir(verb, flags->dir);
    verb.argument("NODE", flags->node, "node-1, node-2, …");
    verb.action([flags, act] { return finish(act(folder(flags->dir), flags->node)); });
  };
  add("cut", "take a Node's link down; what runs there goes on", dev::cut);
  add("join", "take a Node's link up again", dev::join);
}

struct ImageFlags {
  std::string dir;
  std::string source;
  std::string name;
  std::string command;
  std::string entrypoint;
  dev::ImageSettings settings;
};

ExitCode run_image(ImageFlags& flags) {
  auto command = dev::split_words(flags.command);
  if (!command) return refuse(command.error());
  auto entrypoint = dev::split_words(flags.entrypoint);
  if (!entrypoint) return refuse(entrypoint.error());
  flags.settings.command = *command;
  flags.settings.entrypoint = *entrypoint;
  const auto reference = dev::image(folder(flags.dir), flags.source, flags.name, flags.settings);
  if (!reference) return refuse(reference.error());
  say(*reference);
  return ExitCode::kDone;
}

void add_image(Command& dev) {
  auto flags = std::make_shared<ImageFlags>();
  Command& verb = dev.verb("image", "pack a folder as an image and push it to the cluster's registry");
  verb.argument("DIR", flags->source, "the folder that becomes the image's root");
  verb.argument("NAME", flags->name, "NAME:TAG, such as shop:1");
  add_dir(verb, flags->dir);
  verb.option("--cmd", flags->command, "CMD, split into words as by a shell");
  verb.option("--entrypoint", flags->entrypoint, "ENTRYPOINT, split likewise");
  verb.option("--env", flags->settings.env, "K=V, may be repeated");
  verb.option("--user", flags->settings.user, "uid[:gid] or a name");
  verb.option("--port", flags->settings.ports,
              "a port it listens on, such as 8080 or 53/udp; may be repeated");
  verb.action([flags] { return run_image(*flags); });
}

}  // namespace

void add_dev(Command& root) {
  Command& dev = root.verb("dev", "a cluster on this machine, for trying things out and for tests");
  add_up(dev);
  add_down(dev);
  add_start_stop_kill(dev);
  add_cut_join(dev);
  add_image(dev);
}

}  // namespace hancock::cli
