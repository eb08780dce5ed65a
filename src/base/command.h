// run_command: runs a program to its end and gives what it wrote. For tools: ip, nft, ctr, umoci.
//
//   Result<std::string> links = checked_command({.argv = {"ip", "-j", "link"}});
//
// Blocks its thread until the program has closed its outputs and ended, at most `timeout`. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"

namespace hancock {

struct CommandOptions {
  std::vector<std::string> argv = {};
  std::string input = {};                       // given on stdin
  std::vector<std::string> env = {};            // as in SpawnOptions
  std::filesystem::path directory = {};         // as in SpawnOptions
  int network_namespace = -1;                   // as in SpawnOptions
  Duration timeout = std::chrono::seconds(30);  // it is killed after that
  size_t output_limit_bytes = 16UL << 20;       // of each of stdout and stderr; it is killed past that
};

struct CommandOutput {
  ExitStatus status;
  std::string out;
  std::string err;
};

/// Runs a program to its end. Errors: as spawn(), kTimeout, kTooLarge. A failing program is a value, see
/// status.
Result<CommandOutput> run_command(const CommandOptions& options);
/// The same, where a program that fails is an Error (kInternal) with the last line of its stderr; gives its
/// stdout.
Result<std::string> checked_command(const CommandOptions& options);

}  // namespace hancock
