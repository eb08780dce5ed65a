#include "cli/line_stream.h"

#include <algorithm>

#include "cli/patience.h"

namespace hancock::cli {
namespace {

constexpr size_t kLineMaxBytes = 1 << 20;

TimePoint earlier(TimePoint deadline, TimePoint now, Duration within) {
  return within < deadline - now ? now + within : deadline;
}

// Until the stream ends or breaks.
io::Async<Result<void>> read_once(Api& api, const LineStream& stream, Patience& patience,
                                  TimePoint deadline) {
  io::Loop& loop = api.loop();
  ApiRequest request = stream.request();
  request.accept = "application/x-ndjson";
  auto call = co_await api.open(std::move(request), earlier(deadline, loop.now(), kRequestTimeout));
  if (!call) co_return forward_error(call);
  patience.heard(loop.now());
  http::LineReader lines((*call)->body(), kLineMaxBytes);
  while (true) {
    auto line = co_await lines.next(earlier(deadline, loop.now(), stream.silence_max));
    if (!line) co_return forward_error(line);
    if (!*line) co_return Result<void>();
    patience.heard(loop.now());
    if ((*line)->empty()) continue;  // a sign of life
    if (auto taken = stream.take(**line); !taken) co_return forward_error(taken);
  }
}

io::Async<Result<bool>> ended_for_good(Api& api, const LineStream& stream, TimePoint deadline) {
  if (!stream.is_over) co_return true;
  co_return co_await stream.is_over(earlier(deadline, api.loop().now(), kRequestTimeout));
}

}  // namespace

io::Async<Result<void>> read_lines(Api& api, const LineStream& stream, TimePoint deadline) {
  Patience patience;
  while (true) {
    auto read = co_await read_once(api, stream, patience, deadline);
    if (read) {
      const auto over = co_await ended_for_good(api, stream, deadline);
      if (over && *over) co_return read;
      if (!over) read = tl::unexpected(over.error());
    }
    const TimePoint now = api.loop().now();
    if (now >= deadline) co_return fail(ErrorCode::kTimeout, "the time is up");
    if (!read && (!stream.is_over || !patience.bears(read.error(), now))) co_return read;
    co_await api.loop().sleep_for(kRetryPause);
  }
}

}  // namespace hancock::cli
