// What the Masters say of two Versions, and of a spec that is not deployed yet, as lines for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hancock::cli {

/// `image: "shop:1" -> "shop:2"`, a line a field.
Result<std::vector<std::string>> diff_lines(std::string_view answer);

/// A paragraph a Service: what changes, `+` for each Task that would start, `-` for each that would stop; the
/// index to deploy with last.
Result<std::vector<std::string>> plan_lines(std::string_view answer, const std::string& app);

}  // namespace hancock::cli
