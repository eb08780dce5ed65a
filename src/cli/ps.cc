#include "cli/ps.h"

#include <cstdio>

#include "cli/api.h"
#include "cli/show.h"
#include "cli/table.h"
#include "hancock/model.pb.h"
#include "model/json.h"

namespace hancock::cli {
namespace {

std::string ports_of(const model::Task& task) {
  std::string text;
  for (const model::TaskPort& port : task.ports()) {
    if (port.host_port() == 0) continue;
    text +=
        fmt::format("{}{}:{}->{}", text.empty() ? "" : ",", task.address(), port.host_port(), port.port());
  }
  return text.empty() ? "-" : text;
}

std::string table_of(const std::vector<model::Task>& tasks) {
  Table table({"TASK", "SERVICE", "VERSION", "NODE", "STATE", "RESTARTS", "PORTS", "MESSAGE"});
  for (const model::Task& task : tasks) {
    table.add({task.id(), task.app() + "/" + task.service(), std::to_string(task.version()), task.node(),
               state_name(task.state()), std::to_string(task.restarts()), ports_of(task), task.message()});
  }
  return table.to_string();
}

io::Async<ExitCode> run(io::Loop& loop, const Context& context, const PsOptions& options, Duration timeout) {
  auto path = with_target("/v1/tasks", options.target);
  if (!path) co_return report(path.error());
  if (options.all) *path = with_parameter(std::move(*path), "all", "true");
  Api api(loop, context);
  const TimePoint deadline = loop.now() + timeout;
  if (context.json) {
    ApiRequest request(*path);
    co_return print_answer(co_await api.send(std::move(request), deadline));
  }
  const auto tasks = co_await api.list<model::Task>(*path, deadline);
  if (!tasks) co_return report(tasks.error());
  std::fputs(table_of(*tasks).c_str(), stdout);
  co_return ExitCode::kDone;
}

ExitCode ps(const Context& context, const PsOptions& options) {
  const auto timeout = context.timeout_or(kRequestTimeout);
  if (!timeout) return report(timeout.error());
  io::Loop loop;
  return loop.block_on(run(loop, context, options, *timeout));
}

}  // namespace

void add_ps(Command& root, const Context& context, PsOptions& options) {
  Command& verb = root.verb("ps", "list Tasks");
  verb.argument("APP[/SERVICE]", options.target, "only these", Presence::kOptional);
  verb.flag("--all", options.all, "also ended ones");
  verb.action([&context, &options] { return ps(context, options); });
}

}  // namespace hancock::cli
