// run_verb: what every verb that asks the Masters needs around its work: its time, a loop, an Api.
#pragma once

#include <functional>

#include "cli/api.h"
#include "cli/context.h"

namespace hancock::cli {

/// For verbs that go on until they are ended.
inline constexpr Duration kUnlimited = Duration::max();

/// The work gets the moment by which it has to be done. What it borrows must outlive run_verb().
using VerbWork = std::function<io::Async<ExitCode>(Api& api, TimePoint deadline)>;

/// Runs `work` on a loop of its own, for `time_limit` unless --timeout says otherwise.
ExitCode run_verb(const Context& context, Duration time_limit, const VerbWork& work);

}  // namespace hancock::cli
