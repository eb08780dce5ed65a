#include "master/supervisor.h"

#include <csignal>

#include "base/log.h"
#include "io/process_signals.h"
#include "io/scope.h"
#include "master/child.h"
#include "master/data_folder.h"
#include "master/etcd_member.h"

namespace hancock::master {
namespace {

constexpr Duration kBrainEnds = 8s;
constexpr Duration kEtcdEnds = 10s;

ChildOptions etcd_child(const MasterOptions& options, const DataPaths& paths) {
  return {.name = "etcd",
          .argv = etcd_command(options, paths),
          .log = paths.etcd_log(),
          .pid_file = paths.etcd_pid()};
}

// The program that we are, even when its file was replaced since.
ChildOptions brain_child(const DataPaths& paths) {
  return {.name = "brain",
          .argv = {"/proc/self/exe", "master", "--brain", "--data", paths.data.string()},
          .log = {},
          .pid_file = paths.brain_pid()};
}

io::Async<void> supervise(io::Loop& loop, const MasterOptions& options, const DataPaths& paths,
                          io::ProcessSignals& signals) {
  Child etcd(loop, etcd_child(options, paths));
  Child brain(loop, brain_child(paths));
  io::Scope scope;
  scope.spawn(etcd.run());
  scope.spawn(brain.run());

  auto number = co_await signals.next();
  log::info("supervisor", "ending on {}", number ? strsignal(*number) : number.error().message);
  co_await brain.stop(loop.now() + kBrainEnds);
  co_await etcd.stop(loop.now() + kEtcdEnds);
  co_await scope.join();
}

Result<MasterOptions> settle(MasterOptions given) {
  auto remembered = load_options(given.data);
  if (!remembered && remembered.error().code != ErrorCode::kNotFound) return forward_error(remembered);
  auto options = settle_options(std::move(given), remembered ? &*remembered : nullptr);
  if (!options) return options;
  if (auto saved = save_options(*options); !saved) return forward_error(saved);
  return options;
}

}  // namespace

Result<void> run_supervisor(MasterOptions given) {
  io::Loop loop;
  io::ProcessSignals signals(loop, {SIGTERM, SIGINT, SIGHUP});
  // Looked at before the folder is made: a first start that is refused leaves nothing behind.
  if (!std::filesystem::exists(given.data)) {
    if (auto settled = settle_options(given, nullptr); !settled) return forward_error(settled);
  }
  auto folder = DataFolder::open(given.data);
  if (!folder) return forward_error(folder);
  given.data = folder->paths().data;
  auto options = settle(std::move(given));
  if (!options) return forward_error(options);
  loop.block_on(supervise(loop, *options, folder->paths(), signals));
  return {};
}

}  // namespace hancock::master
