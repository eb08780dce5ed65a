// Context: what every verb shares: where the Masters are, who asks, how to print.
//
// Filled by the command line and the environment before a verb runs; read-only afterwards.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "cli/command.h"

namespace hancock::cli {

struct Context {
  std::string api;     // HANCOCK_API: host:port, comma-separated
  std::string token;   // HANCOCK_TOKEN
  std::string ca;      // HANCOCK_CA
  std::string tenant;  // HANCOCK_TENANT; "" = the token's
  bool json = false;
  std::string timeout;  // of the whole verb; "" = the verb's own default

  /// `otherwise` unless --timeout was given. kInvalid when that is no duration.
  Result<Duration> timeout_or(Duration otherwise) const;
};

/// Adds the flags that every verb takes.
void add_common_flags(Command& root, Context& context);

/// Prints the message on stderr and gives the exit code that fits.
ExitCode report(const Error& error);
ExitCode exit_code_of(ErrorCode code);

}  // namespace hancock::cli
