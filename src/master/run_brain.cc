#include "master/run_brain.h"

#include <csignal>

#include "base/file.h"
#include "base/log.h"
#include "etcd/etcd_store.h"
#include "io/process_signals.h"
#include "master/brain.h"
#include "master/options.h"

namespace hancock::master {
namespace {

constexpr Duration kStopWithin = 5s;

io::Async<Result<void>> serve(io::Loop& loop, Brain& brain, const DataPaths& paths,
                              io::ProcessSignals& signals) {
  auto address = brain.start();
  if (!address) co_return forward_error(address);
  log::info("brain", "the API answers at {}", address->to_string());
  if (auto written = write_file(paths.api_address(), address->to_string() + "\n"); !written) {
    log::warn("brain", "{}", written.error().message);
  }
  auto number = co_await signals.next();
  log::info("brain", "ending on {}", number ? strsignal(*number) : number.error().message);
  co_await brain.stop(loop.now() + kStopWithin);
  co_return Result<void>{};
}

}  // namespace

Result<void> run_brain(const std::filesystem::path& data) {
  io::Loop loop;
  io::ProcessSignals signals(loop, {SIGTERM, SIGINT});
  auto options = load_options(data);
  if (!options) return forward_error(options);
  auto listen = io::Address::parse(options->listen);
  if (!listen) return forward_error(listen);
  auto member = io::Address::parse(options->etcd_client);
  if (!member) return forward_error(member);

  http::Client client(loop);
  etcd::EtcdStore store(loop, client, {*member});
  const DataPaths paths{data};
  Brain brain(loop, system_clock(), system_random(), store,
              {.master = options->name,
               .listen = *listen,
               .member = *member,
               .bootstrap = options->bootstrap,
               .paths = paths});
  return loop.block_on(serve(loop, brain, paths, signals));
}

}  // namespace hancock::master
