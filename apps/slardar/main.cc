// slardar: the gateway. Reads flags and files, wires the parts, runs until SIGTERM or SIGINT.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "etcd/etcd_store.h"
#include "http/client.h"
#include "io/process_signals.h"
#include "io/scope.h"
#include "slardar/confd/local_store.h"
#include "slardar/gateway.h"

namespace {

using namespace hancock;

// A connection costs a descriptor or two: take what the system allows.
void raise_descriptor_limit(slardar::Config& config) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) config.descriptors = limit.rlim_max;
}

io::Async<void> obey_signals(io::ProcessSignals& signals, slardar::Gateway& gateway) {
  while (true) {
    auto number = co_await signals.next();
    if (!number) co_return;
    if (*number == SIGHUP) {
      gateway.look_at_certificates();
      gateway.reopen_log();
    } else {
      gateway.stop();
    }
  }
}

/// Whose place this process is to take; nullptr: nobody's.
io::Async<Result<std::unique_ptr<slardar::Predecessor>>> predecessor_of(io::Loop& loop,
                                                                        const slardar::Config& config) {
  if (!config.upgrade) co_return std::unique_ptr<slardar::Predecessor>();
  auto met = co_await slardar::Predecessor::meet(loop, config.admin);
  if (met && !*met) log::warn("main", "--upgrade: nobody serves: starting as without it");
  co_return met;
}

using PredecessorPtr = std::unique_ptr<slardar::Predecessor>;

io::Async<int> run(slardar::Gateway& gateway, io::ProcessSignals& signals) {
  io::Scope scope;
  scope.spawn(obey_signals(signals, gateway));
  const int exit_code = co_await gateway.run();
  scope.cancel();
  if (gateway.hangs()) std::_Exit(exit_code);
  co_return exit_code;
}

io::Async<int> serve_from_etcd(io::Loop& loop, io::ProcessSignals& signals, slardar::Config config,
                               PredecessorPtr predecessor) {
  http::Client client(loop);
  etcd::EtcdOptions options;
  options.pulse = registry::Keys(config.prefix).beat();
  etcd::EtcdStore store(loop, client, config.etcd, std::move(options));
  slardar::Gateway gateway(loop, std::move(config), store, std::move(predecessor));
  co_return co_await run(gateway, signals);
}

io::Async<int> serve_alone(io::Loop& loop, io::ProcessSignals& signals, slardar::Config config,
                           PredecessorPtr predecessor) {
  using Owner = slardar::LocalStore::Owner;
  slardar::LocalStore store(loop, registry::Keys(config.prefix), config.state);
  auto loaded = co_await store.load(config.upstreams, predecessor ? Owner::kAnother : Owner::kThis);
  if (!loaded) {
    log::error("main", "--state: {}", loaded.error().message);
    co_return 1;
  }
  slardar::Gateway gateway(loop, std::move(config), store, std::move(predecessor));
  gateway.set_local_store(store);
  co_return co_await run(gateway, signals);
}

io::Async<int> serve(io::Loop& loop, io::ProcessSignals& signals, slardar::Config config) {
  auto predecessor = co_await predecessor_of(loop, config);
  if (!predecessor) {
    log::error("main", "--upgrade: {}", predecessor.error().message);
    co_return 1;
  }
  config.upgrade = *predecessor != nullptr;
  const bool alone = config.etcd.empty();
  auto serving = alone ? serve_alone(loop, signals, std::move(config), std::move(*predecessor))
                       : serve_from_etcd(loop, signals, std::move(config), std::move(*predecessor));
  co_return co_await std::move(serving);
}

}  // namespace

int main(int argc, char** argv) {
  slardar::CommandLine line = slardar::parse_command_line(argc, argv);
  if (!line.config) {
    std::fputs(line.text.c_str(), line.exit_code == 0 ? stdout : stderr);
    return line.exit_code;
  }
  raise_descriptor_limit(*line.config);
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads our log may go away
  io::Loop loop;
  io::ProcessSignals signals(loop, {SIGTERM, SIGINT, SIGHUP});  // before the workers' threads start
  return loop.block_on(serve(loop, signals, std::move(*line.config)));
}
