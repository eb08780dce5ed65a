// hancock_load: see README.md. Exit: 0 whatever the answers; 2 wrong command line.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "io/process_signals.h"
#include "load/visitors.h"

namespace {

using namespace hancock;

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

io::Async<void> listen(io::ProcessSignals& signals, bool& told) {
  auto number = co_await signals.next();
  told = number.has_value();
}

io::Async<int> visit(io::Loop& loop, const load::Options& options) {
  io::ProcessSignals signals(loop, {SIGTERM});
  bool told = false;
  io::Scope listening;
  listening.spawn(listen(signals, told));
  load::Visitors visitors(loop, options);
  const nlohmann::json summary = co_await visitors.run(&told);
  listening.cancel();
  std::printf("%s\n", summary.dump().c_str());
  co_return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = load::Options::parse(argc, argv);
  if (!options) {
    std::fprintf(stderr, "%s\n", options.error().message.c_str());
    return 2;
  }
  raise_descriptor_limit();
  io::Loop loop;
  return loop.block_on(visit(loop, *options));
}
