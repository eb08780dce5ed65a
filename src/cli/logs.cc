#include "cli/logs.h"

#include <cstdio>

#include "cli/api.h"
#include "cli/log_line.h"
#include "cli/show.h"
#include "hancock/model.pb.h"
#include "io/scope.h"
#include "model/units.h"

namespace hancock::cli {
namespace {

constexpr size_t kLineMaxBytes = 1 << 20;

// One Task's part in the output.
struct Source {
  std::string task;
  std::string prefix;  // "" when there is only one
  Result<void> result;
};

std::string path_of(const LogsOptions& options, const std::string& task) {
  std::string path = "/v1/tasks/" + task + "/logs";
  if (options.follow) path = with_parameter(std::move(path), "follow", "true");
  if (options.tail >= 0) path = with_parameter(std::move(path), "tail", std::to_string(options.tail));
  path = with_parameter(std::move(path), "since", options.since);
  return options.stderr_only ? with_parameter(std::move(path), "stream", "stderr") : path;
}

io::Async<Result<void>> print_lines(Api& api, const Context& context, const LogsOptions& options,
                                    const Source& source, TimePoint deadline) {
  ApiRequest request(path_of(options, source.task));
  request.accept = "application/x-ndjson";
  auto call = co_await api.open(std::move(request), api.loop().now() + kRequestTimeout);
  if (!call) co_return forward_error(call);
  http::LineReader lines((*call)->body(), kLineMaxBytes);
  while (true) {
    auto line = co_await lines.next(deadline);
    if (!line) co_return forward_error(line);
    if (!*line) co_return Result<void>();
    if ((*line)->empty()) continue;
    const auto parsed = parse_log_line(**line);
    if (!parsed) co_return tl::unexpected(parsed.error());
    if (context.json) {
      std::printf("%s\n", (*line)->c_str());
    } else {
      std::fprintf(parsed->stream == "stderr" ? stderr : stdout, "%s%s\n", source.prefix.c_str(),
                   parsed->text.c_str());
    }
    std::fflush(stdout);
  }
}

io::Async<void> print_source(Api& api, const Context& context, const LogsOptions& options, Source& source,
                             TimePoint deadline) {
  source.result = co_await print_lines(api, context, options, source, deadline);
}

io::Async<Result<std::vector<Source>>> sources_of(Api& api, const LogsOptions& options) {
  if (options.target.find('/') == std::string::npos) co_return std::vector<Source>{{options.target, "", {}}};
  auto path = with_target("/v1/tasks", options.target);
  if (!path) co_return forward_error(path);
  auto tasks = co_await api.list<model::Task>(*path, api.loop().now() + kRequestTimeout);
  if (!tasks) co_return forward_error(tasks);
  if (tasks->empty()) co_return fail(ErrorCode::kNotFound, "{} runs no Task", options.target);
  std::vector<Source> sources;
  for (const auto& task : *tasks) {
    sources.push_back({task.id(), tasks->size() > 1 ? task.id() + " | " : "", {}});
  }
  co_return sources;
}

io::Async<ExitCode> run(io::Loop& loop, const Context& context, const LogsOptions& options,
                        TimePoint deadline) {
  Api api(loop, context);
  auto sources = co_await sources_of(api, options);
  if (!sources) co_return report(sources.error());
  io::Scope scope;
  for (Source& source : *sources) scope.spawn(print_source(api, context, options, source, deadline));
  co_await scope.join();
  ExitCode code = ExitCode::kDone;
  for (Source& source : *sources) {
    if (!source.result) code = report(source.result.error());
  }
  co_return code;
}

ExitCode logs(const Context& context, const LogsOptions& options) {
  const auto timeout = context.timeout_or(Duration::max());
  if (!timeout) return report(timeout.error());
  if (!options.since.empty()) {
    if (const auto since = model::parse_duration(options.since); !since) return report(since.error());
  }
  io::Loop loop;
  const TimePoint deadline = *timeout == Duration::max() ? kForever : loop.now() + *timeout;
  return loop.block_on(run(loop, context, options, deadline));
}

}  // namespace

void add_logs(Command& root, const Context& context, LogsOptions& options) {
  Command& verb = root.verb("logs", "what containers wrote");
  verb.argument("TARGET", options.target, "a Task's id, or APP/SERVICE");
  verb.flag("-f,--follow", options.follow, "go on as lines are written");
  verb.option("--tail", options.tail, "only the last N lines of each Task");
  verb.option("--since", options.since, "only lines younger than this: 10m");
  verb.flag("--stderr", options.stderr_only, "only what went to stderr");
  verb.action([&context, &options] { return logs(context, options); });
}

}  // namespace hancock::cli
