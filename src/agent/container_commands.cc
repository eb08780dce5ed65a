#include "agent/container_commands.h"

#include <algorithm>

namespace hancock::agent {
namespace {

constexpr size_t kOutputShown = 200;

Result<void> verdict(const cri::ExecResult& result) {
  if (result.exit_code == 0) return {};
  std::string output = result.output.substr(0, kOutputShown);
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return fail(ErrorCode::kInternal, "exit code {}{}{}", result.exit_code, output.empty() ? "" : ": ", output);
}

}  // namespace

io::Async<Result<void>> ContainerCommands::run(std::vector<std::string> command, std::string tenant,
                                               std::string container, Duration limit, TimePoint deadline) {
  const std::string what = command.empty() ? "command" : command[0];
  auto turn = co_await shares_.take(std::move(tenant), deadline);
  if (!turn) co_return fail(ErrorCode::kTimeout, "{}: not asked in time: {}", what, turn.error().message);
  auto work = [id = std::move(container), command = std::move(command), limit,
               deadline](cri::Client& client) -> Result<void> {
    const Duration left = std::min(limit, deadline - BootClock::now());
    if (left <= 0s) return fail(ErrorCode::kTimeout, "its turn came too late");
    auto result = client.exec(id, command, left);
    if (!result && result.error().code == ErrorCode::kTimeout)
      return fail(ErrorCode::kTimeout, "it takes too long");
    if (!result) return forward_error(result);
    return verdict(*result);
  };
  auto done = co_await runtime_.call(lane_, std::move(work));
  if (!done) co_return forward_error(done, what);
  co_return Result<void>();
}

}  // namespace hancock::agent
