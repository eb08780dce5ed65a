#include "cli/events.h"

#include <cstdio>

#include "cli/api.h"
#include "hancock/model.pb.h"
#include "model/json.h"
#include "model/time.h"

namespace hancock::cli {
namespace {

constexpr Duration kRetry = 500ms;
constexpr Duration kGiveUp = 60s;
constexpr size_t kLineMaxBytes = 1 << 20;

std::string path_of(const EventsOptions& options, int64_t after) {
  std::string path = "/v1/events";
  if (after > 0) path = with_parameter(std::move(path), "after", std::to_string(after));
  path = with_parameter(std::move(path), "app", options.app);
  path = with_parameter(std::move(path), "kind", options.kind);
  if (options.follow) path = with_parameter(std::move(path), "follow", "true");
  return path;
}

std::string line_of(const model::Event& event) {
  std::string subject = event.app();
  if (!event.service().empty()) subject += "/" + event.service();
  if (!event.task().empty()) subject += (subject.empty() ? "" : " ") + event.task();
  if (!event.node().empty()) subject += (subject.empty() ? "" : " ") + std::string("on ") + event.node();
  return fmt::format("{}  {}  {}  {}{}{}", event.number(), to_rfc3339(model::from_proto(event.time())),
                     event.kind(), subject, event.message().empty() ? "" : ": ", event.message());
}

// Prints until the stream ends; `after` moves on with each Event.
io::Async<Result<void>> print_stream(Api& api, const Context& context, const EventsOptions& options,
                                     int64_t& after, TimePoint deadline) {
  ApiRequest request(path_of(options, after));
  request.accept = "application/x-ndjson";
  auto call = co_await api.open(std::move(request), api.loop().now() + kRequestTimeout);
  if (!call) co_return forward_error(call);
  http::LineReader lines((*call)->body(), kLineMaxBytes);
  while (true) {
    auto line = co_await lines.next(deadline);
    if (!line) co_return forward_error(line);
    if (!*line) co_return Result<void>();
    if ((*line)->empty()) continue;  // a sign of life
    model::Event event;
    if (auto read = model::from_json(**line, event); !read)
      co_return forward_error(read, "the Master's answer");
    after = event.number();
    std::printf("%s\n", context.json ? (*line)->c_str() : line_of(event).c_str());
    std::fflush(stdout);
  }
}

io::Async<ExitCode> run(io::Loop& loop, const Context& context, const EventsOptions& options,
                        TimePoint deadline) {
  Api api(loop, context);
  int64_t after = options.after;
  TimePoint connected = loop.now();
  while (true) {
    const int64_t before = after;
    const auto printed = co_await print_stream(api, context, options, after, deadline);
    if (!options.follow) co_return printed ? ExitCode::kDone : report(printed.error());
    if (after != before) connected = loop.now();
    if (loop.now() >= deadline) co_return ExitCode::kTimeout;
    const bool transient = printed || exit_code_of(printed.error().code) == ExitCode::kNoMaster;
    if (!transient || loop.now() - connected > kGiveUp) co_return report(printed.error());
    co_await loop.sleep_for(kRetry);  // a Master restarts: go on behind the last number
  }
}

ExitCode events(const Context& context, const EventsOptions& options) {
  const auto timeout = context.timeout_or(Duration::max());
  if (!timeout) return report(timeout.error());
  io::Loop loop;
  const TimePoint deadline = *timeout == Duration::max() ? kForever : loop.now() + *timeout;
  return loop.block_on(run(loop, context, options, deadline));
}

}  // namespace

void add_events(Command& root, const Context& context, EventsOptions& options) {
  Command& verb = root.verb("events", "what happened, oldest first");
  verb.flag("-f,--follow", options.follow, "go on as things happen");
  verb.option("--after", options.after, "only those with a greater number");
  verb.option("--app", options.app, "only of this app");
  verb.option("--kind", options.kind, "only of this kind: task.failed");
  verb.action([&context, &options] { return events(context, options); });
}

}  // namespace hancock::cli
