// The brain as a process: what the supervisor starts (`hancock master --brain --data DIR`).
#pragma once

#include <filesystem>

#include "base/error.h"

namespace hancock::master {

/// Runs until SIGTERM, with what DATA/master.json says; writes the bound address to DATA/api.address.
Result<void> run_brain(const std::filesystem::path& data);

}  // namespace hancock::master
