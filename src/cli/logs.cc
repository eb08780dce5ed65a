// `hancock logs TASK or SERVICE`: what containers wrote, of one Task or of all of a Service together.
#include <cstdio>
#include <memory>

#include "cli/follow.h"
#include "cli/line_stream.h"
#include "cli/log_line.h"
#include "cli/log_position.h"
#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "io/scope.h"
#include "model/units.h"

namespace hancock::cli {
namespace {

struct LogsOptions {
  std::string target;  // a Task's id, or APP/SERVICE
  bool follow = false;
  int64_t tail = -1;  // -1: everything kept
  std::string since;
  bool stderr_only = false;
};

// One Task's part in the output.
struct Source {
  std::string task;
  std::string prefix;  // "" when there is only one
  LogPosition position = {};
  std::optional<TimePoint> asked = {};  // for the first time
  Result<void> result = {};
};

// What is to be asked for: at first what the user wants, after a break what has not come yet.
std::string path_of(const LogsOptions& options, Source& source, TimePoint now) {
  int64_t tail = options.tail;
  std::string since = options.since;
  std::optional<Duration> reach = source.position.reach(system_clock().wall());
  if (!reach && source.asked && tail == 0) reach = now - *source.asked;
  if (reach) {
    tail = -1;
    since = model::format_duration(std::chrono::ceil<std::chrono::seconds>(*reach));
  }
  if (!source.asked) source.asked = now;
  source.position.resume();
  std::string path = "/v1/tasks/" + source.task + "/logs";
  if (options.follow) path = with_parameter(std::move(path), "follow", "true");
  if (tail >= 0) path = with_parameter(std::move(path), "tail", std::to_string(tail));
  path = with_parameter(std::move(path), "since", since);
  return options.stderr_only ? with_parameter(std::move(path), "stream", "stderr") : path;
}

Result<void> print_line(const Context& context, Source& source, const std::string& line) {
  const auto parsed = parse_log_line(line);
  if (!parsed) return tl::unexpected(parsed.error());
  if (!source.position.take(parsed->time)) return {};
  if (context.json) {
    std::printf("%s\n", line.c_str());
  } else {
    std::fprintf(parsed->stream == "stderr" ? stderr : stdout, "%s%s\n", source.prefix.c_str(),
                 parsed->text.c_str());
  }
  std::fflush(stdout);
  return {};
}

// A followed log ends with its Task; one that ends before was cut by a Master that went.
io::Async<Result<bool>> is_task_over(Api& api, const std::string& id, TimePoint deadline) {
  const auto task = co_await api.get<model::Task>("/v1/tasks/" + id, deadline);
  if (!task && task.error().code == ErrorCode::kNotFound) co_return true;
  if (!task) co_return tl::unexpected(task.error());
  co_return has_ended(*task);
}

io::Async<void> print_source(Api& api, const Context& context, const LogsOptions& options, Source& source,
                             TimePoint deadline) {
  LineStream stream;
  stream.request = [&] { return ApiRequest(path_of(options, source, api.loop().now())); };
  stream.take = [&](const std::string& line) { return print_line(context, source, line); };
  if (options.follow) {
    stream.is_over = [&](TimePoint within) { return is_task_over(api, source.task, within); };
  }
  source.result = co_await read_lines(api, stream, deadline);
}

io::Async<Result<std::vector<Source>>> sources_of(Api& api, const LogsOptions& options) {
  std::vector<Source> sources;
  if (options.target.find('/') == std::string::npos) {
    sources.push_back(Source{options.target, ""});
    co_return sources;
  }
  auto path = with_target("/v1/tasks", options.target);
  if (!path) co_return forward_error(path);
  auto tasks = co_await api.list<model::Task>(*path, api.loop().now() + kRequestTimeout);
  if (!tasks) co_return forward_error(tasks);
  if (tasks->empty()) co_return fail(ErrorCode::kNotFound, "{} runs no Task", options.target);
  for (const auto& task : *tasks) {
    sources.push_back(Source{task.id(), tasks->size() > 1 ? task.id() + " | " : ""});
  }
  co_return sources;
}

io::Async<ExitCode> run(Api& api, const Context& context, const LogsOptions& options, TimePoint deadline) {
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
  if (!options.since.empty()) {
    auto since = model::parse_duration(options.since);
    if (!since) return report(forward_error(since, "--since").value());
  }
  return run_verb(context, kUnlimited,
                  [&](Api& api, TimePoint deadline) { return run(api, context, options, deadline); });
}

}  // namespace

void add_logs(Command& root, const Context& context) {
  auto options = std::make_shared<LogsOptions>();
  Command& verb = root.verb("logs", "what containers wrote");
  verb.argument("TARGET", options->target, "a Task's id, APP/SERVICE or TENANT/APP/SERVICE");
  verb.flag("-f,--follow", options->follow, "go on as lines are written, until the Task ends");
  verb.option("--tail", options->tail, "only the last N lines of each Task; -1: all");
  verb.option("--since", options->since, "only lines younger than this: 10m");
  verb.flag("--stderr", options->stderr_only, "only what went to stderr");
  verb.action([&context, options] { return logs(context, *options); });
}

}  // namespace hancock::cli
