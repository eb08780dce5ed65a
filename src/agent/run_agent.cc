#include "agent/run_agent.h"

#include <signal.h>
#include <sys/resource.h>

#include "agent/agent.h"
#include "base/file.h"
#include "base/log.h"
#include "io/process_signals.h"
#include "model/names.h"

namespace hancock::agent {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kRefused = 2;
constexpr size_t kUnixPathMax = 107;

Result<std::string> read_token(const std::string& path) {
  auto text = read_file(path, 64 << 10);
  if (!text) return forward_error(text, "--token-file");
  std::string token = text->substr(0, text->find('\n'));
  if (token.empty()) return fail(ErrorCode::kInvalid, "--token-file: {} holds no token", path);
  return token;
}

tl::unexpected<Error> wrong(const std::string& field, const std::string& value, const std::string& allowed) {
  return tl::unexpected(
      Error{ErrorCode::kInvalid, fmt::format("{}: \"{}\": {}", field, value, allowed), field});
}

Result<void> check(const AgentOptions& options) {
  const std::string name_rule = "a name is " + std::string(model::kNameRule);
  if (!model::is_name(options.node)) return wrong("--node", options.node, name_rule);
  if (!model::is_name(options.site)) return wrong("--site", options.site, name_rule);
  auto address = io::Address::of(options.address, 0);
  if (!address) return wrong("--address", options.address, "the IP at which host ports are reached");
  if (options.containerd.size() > kUnixPathMax) {
    return wrong("--containerd", options.containerd, "a socket's path has at most 107 bytes");
  }
  if (options.data.empty()) return wrong("--data", options.data, "a folder");
  if (!options.cgroup.starts_with('/') || options.cgroup.size() < 2 ||
      options.cgroup.find("..") != std::string::npos) {
    return wrong("--cgroup", options.cgroup, "an absolute path below the cgroup hierarchies' mounts");
  }
  return {};
}

/// Each Task holds a few: its process, probes, who reads its log.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warn("agent", "the limit of open files stays as it is");
}

io::Async<void> run_until_signalled(Agent& agent, io::ProcessSignals& signals) {
  const auto number = co_await signals.next();
  log::info("agent", "ends on signal {}; its Tasks run on", number.value_or(0));
  agent.stop();
}

}  // namespace

int run_agent(const AgentOptions& options) {
  if (auto checked = check(options); !checked) {
    fmt::print(stderr, "{}\n", checked.error().message);
    return kRefused;
  }
  auto masters = Masters::parse(options.masters);
  if (!masters) {
    fmt::print(stderr, "{}\n", masters.error().message);
    return kRefused;
  }
  auto token = read_token(options.token_file);
  if (!token) {
    fmt::print(stderr, "{}\n", token.error().message);
    return kFailed;
  }
  allow_many_descriptors();
  io::Loop loop;
  io::ProcessSignals signals(loop, {SIGTERM, SIGINT});
  ::signal(SIGPIPE, SIG_IGN);
  Agent agent(loop, system_clock(), system_random(), options, std::move(*masters), std::move(*token));
  if (auto started = agent.start(); !started) {
    fmt::print(stderr, "--data: {}\n", started.error().message);
    return kFailed;
  }
  loop.block_on(run_until_signalled(agent, signals));
  return kDone;
}

}  // namespace hancock::agent
