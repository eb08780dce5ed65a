// `hancock ps [APP[/SERVICE]]`: the Tasks, one a line.
#include <cstdio>
#include <memory>

#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/enum_names.h"
#include "model/json.h"

namespace hancock::cli {
namespace {

struct PsOptions {
  std::string target;  // "", "APP" or "APP/SERVICE"
  bool all = false;    // also ended ones
};

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
               name_of(task.state()), std::to_string(task.restarts()), ports_of(task), task.message()});
  }
  return table.to_string();
}

io::Async<ExitCode> run(Api& api, const Context& context, const PsOptions& options, TimePoint deadline) {
  auto path = with_target("/v1/tasks", options.target);
  if (!path) co_return report(path.error());
  if (options.all) *path = with_parameter(std::move(*path), "all", "true");
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
  return run_verb(context, kRequestTimeout,
                  [&](Api& api, TimePoint deadline) { return run(api, context, options, deadline); });
}

}  // namespace

void add_ps(Command& root, const Context& context) {
  auto options = std::make_shared<PsOptions>();
  Command& verb = root.verb("ps", "list Tasks");
  verb.argument("APP[/SERVICE]", options->target, "only these", Presence::kOptional);
  verb.flag("--all", options->all, "also ended ones");
  verb.action([&context, options] { return ps(context, *options); });
}

}  // namespace hancock::cli
