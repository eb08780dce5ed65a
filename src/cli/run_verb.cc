#include "cli/run_verb.h"

namespace hancock::cli {

ExitCode run_verb(const Context& context, Duration time_limit, const VerbWork& work) {
  const auto timeout = context.timeout_or(time_limit);
  if (!timeout) return report(timeout.error());
  io::Loop loop;
  Api api(loop, context);
  return loop.block_on(work(api, *timeout == kUnlimited ? kForever : loop.now() + *timeout));
}

}  // namespace hancock::cli
