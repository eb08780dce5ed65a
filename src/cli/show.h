// What several verbs print alike.
#pragma once

#include <string>

#include "base/error.h"
#include "cli/command.h"

namespace hancock::cli {

/// The path with ?app=&service= (and ?tenant=) for "", "APP", "APP/SERVICE" or "TENANT/APP/SERVICE".
Result<std::string> with_target(std::string path, const std::string& target);

/// For --json: the Master's answer as it came, or the error.
ExitCode print_answer(const Result<std::string>& answer);

}  // namespace hancock::cli
