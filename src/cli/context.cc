#include "cli/context.h"

#include <cstdio>

#include "model/units.h"

namespace hancock::cli {

Result<Duration> Context::timeout_or(Duration otherwise) const {
  if (timeout.empty()) return otherwise;
  auto parsed = model::parse_duration(timeout);
  if (!parsed) return forward_error(parsed, "--timeout");
  return parsed;
}

void add_common_flags(Command& root, Context& context) {
  root.option("--api", context.api, "the Masters: host:port, comma-separated", Presence::kOptional,
              "HANCOCK_API");
  root.option("--token", context.token, "who asks", Presence::kOptional, "HANCOCK_TOKEN");
  root.option("--ca", context.ca, "certificate authority: not supported yet", Presence::kOptional,
              "HANCOCK_CA");
  root.option("--tenant", context.tenant, "whose apps; an operator's default is `default`",
              Presence::kOptional, "HANCOCK_TENANT");
  root.flag("--json", context.json, "for programs: one object, or one a line");
  root.option("--timeout", context.timeout, "how long to wait at most: 30s, 5m");
}

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
    case ErrorCode::kTooLarge:
    case ErrorCode::kConflict:
      return ExitCode::kRefused;
    case ErrorCode::kUnavailable:
    case ErrorCode::kClosed:
      return ExitCode::kNoMaster;
    case ErrorCode::kDenied:
      return ExitCode::kDenied;
    case ErrorCode::kTimeout:
      return ExitCode::kTimeout;
    case ErrorCode::kCancelled:
      return ExitCode::kInterrupted;
    case ErrorCode::kNotFound:
    case ErrorCode::kGone:
    case ErrorCode::kInternal:
      return ExitCode::kFailed;
  }
  return ExitCode::kFailed;
}

ExitCode report(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return exit_code_of(error.code);
}

}  // namespace hancock::cli
