// LineStream: a streamed answer, line by line, that goes on across a restart of the Masters.
//
// A stream that breaks is asked for again, with what its owner then wants to be asked: from behind the last
// line that came. Loop's thread only.
#pragma once

#include <functional>
#include <string>

#include "cli/api.h"

namespace hancock::cli {

struct LineStream {
  /// What to ask, the first time and after each break.
  std::function<ApiRequest()> request;
  /// One line, without its end. What it refuses ends the stream.
  std::function<Result<void>(const std::string& line)> take;
  /// A stream that ended is asked for again until this says true: left out, its end is its end.
  std::function<io::Async<Result<bool>>(TimePoint deadline)> is_over = {};
  /// A stream that is silent for so long is broken: the Masters give signs of life.
  Duration silence_max = Duration::max();
};

/// Reads until the end, or the first error that does not pass. kTimeout at the deadline.
io::Async<Result<void>> read_lines(Api& api, const LineStream& stream, TimePoint deadline);

}  // namespace hancock::cli
