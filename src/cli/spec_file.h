// A spec as the user gave it: read from a file or stdin, checked here first, so that mistakes show without a
// Master.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace hancock::cli {

struct SpecFile {
  std::string text;  // what to send
  std::string app;
  std::string tenant;  // "": the token's
};

/// `set` holds SERVICE.image=REF. Errors: kInvalid with a line a mistake, "FILE:LINE: FIELD: VALUE: what is
/// allowed".
Result<SpecFile> read_spec(const std::string& file, const std::vector<std::string>& set,
                           const std::string& tenant);

}  // namespace hancock::cli
