// One line of a Task's log as the Masters relay it: {"time","stream","line"}.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::cli {

struct LogLine {
  std::string time;
  std::string stream;  // "stdout" or "stderr"
  std::string text;
};

Result<LogLine> parse_log_line(std::string_view json);

}  // namespace hancock::cli
