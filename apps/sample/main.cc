#include <csignal>
#include <cstdio>

#include "io/process_signals.h"
#include "io/scope.h"
#include "sample.h"

namespace hancock::sample {
namespace {

io::Async<void> end_after(io::Loop& loop, Duration span) {
  co_await loop.sleep_for(span);
  std::fputs("sample: EXIT_AFTER_MS has passed\n", stderr);
  std::_Exit(1);
}

io::Async<void> log_every(io::Loop& loop, Duration span) {
  for (uint64_t number = 1;; ++number) {
    co_await loop.sleep_for(span);
    std::printf("sample: line %lu\n", number);
    std::fflush(stdout);
  }
}

io::Async<int> serve(io::Loop& loop, const Settings& settings) {
  io::ProcessSignals signals(loop, {SIGTERM, SIGINT});
  io::Scope scope;
  if (settings.exit_after > Duration{}) scope.spawn(end_after(loop, settings.exit_after));
  if (settings.log_every > Duration{}) scope.spawn(log_every(loop, settings.log_every));
  co_await loop.sleep_for(settings.start_delay);
  http::Server server(loop, [&settings](http::Exchange& exchange) { return answer(settings, exchange); });
  const auto address = server.listen(*io::Address::of("0.0.0.0", settings.port));
  if (!address) {
    std::fprintf(stderr, "sample: %s\n", address.error().message.c_str());
    co_return 1;
  }
  std::printf("sample: version %s, task %s, listening on %s\n", settings.version.c_str(),
              settings.task.c_str(), address->to_string().c_str());
  std::fflush(stdout);
  co_await signals.next();
  co_await server.close(loop.now() + 5s);
  std::_Exit(0);
}

}  // namespace
}  // namespace hancock::sample

int main() {
  const auto settings = hancock::sample::Settings::from_environment();
  hancock::io::Loop loop;
  return loop.block_on(hancock::sample::serve(loop, settings));
}
