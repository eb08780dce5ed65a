// `hancock events [-f]`: what happened, oldest first, numbered without a gap.
#include <cstdio>
#include <memory>

#include "cli/line_stream.h"
#include "cli/run_verb.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/json.h"
#include "model/time.h"

namespace hancock::cli {
namespace {

struct EventsOptions {
  bool follow = false;
  int64_t after = 0;
  std::string app;
  std::string kind;
};

constexpr Duration kSignsOfLife = 15s;  // a Master sends one every 5 s

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

Result<void> print_event(const Context& context, const std::string& line, int64_t& after) {
  model::Event event;
  if (auto read = model::from_json(line, event); !read) return forward_error(read, "the Master's answer");
  after = event.number();
  std::printf("%s\n", context.json ? line.c_str() : line_of(event).c_str());
  std::fflush(stdout);
  return {};
}

io::Async<Result<bool>> never(TimePoint) { co_return false; }

io::Async<ExitCode> run(Api& api, const Context& context, const EventsOptions& options, TimePoint deadline) {
  int64_t after = options.after;
  LineStream stream;
  stream.request = [&] { return ApiRequest(path_of(options, after)); };
  stream.take = [&](const std::string& line) { return print_event(context, line, after); };
  if (options.follow) {
    stream.is_over = &never;
    stream.silence_max = kSignsOfLife;
  }
  const auto read = co_await read_lines(api, stream, deadline);
  co_return read ? ExitCode::kDone : report(read.error());
}

ExitCode events(const Context& context, const EventsOptions& options) {
  return run_verb(context, kUnlimited,
                  [&](Api& api, TimePoint deadline) { return run(api, context, options, deadline); });
}

}  // namespace

void add_events(Command& root, const Context& context) {
  auto options = std::make_shared<EventsOptions>();
  Command& verb = root.verb("events", "what happened, oldest first");
  verb.flag("-f,--follow", options->follow, "go on as things happen");
  verb.option("--after", options->after, "only those with a greater number");
  verb.option("--app", options->app, "only of this app");
  verb.option("--kind", options->kind, "only of this kind: task.failed");
  verb.action([&context, options] { return events(context, *options); });
}

}  // namespace hancock::cli
