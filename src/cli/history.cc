// `hancock history SERVICE`, `hancock diff SERVICE A B`: a Service's Versions.
#include <cstdio>
#include <memory>

#include "cli/diff_answer.h"
#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/enum_names.h"
#include "model/names.h"
#include "model/time.h"

namespace hancock::cli {
namespace {

struct HistoryOptions {
  std::string target;
  int64_t from = 0;
  int64_t to = 0;
};

// "serves", or how the last Deployment of it ended.
std::string state_of(const model::Version& version, const model::Service& service,
                     const std::vector<model::Deployment>& deployments) {
  if (version.number() == service.version()) return service.stopped() ? "stopped" : "serves";
  const model::Deployment* last = nullptr;
  for (const auto& each : deployments) {
    if (each.to_version() == version.number()) last = &each;  // they come oldest first
  }
  if (last == nullptr) return "-";
  return last->state() == model::DEPLOYMENT_STATE_SUCCEEDED ? "served" : name_of(last->state());
}

std::string table_of(const std::vector<model::Version>& versions, const model::Service& service,
                     const std::vector<model::Deployment>& deployments) {
  Table table({"VERSION", "MADE", "IMAGE", "STATE"});
  for (const model::Version& version : versions) {
    table.add({std::to_string(version.number()), to_rfc3339(model::from_proto(version.created_at())),
               version.spec().image(), state_of(version, service, deployments)});
  }
  return table.to_string();
}

std::string path_of(const model::ServiceRef& ref) { return "/v1/services/" + ref.app + "/" + ref.service; }

io::Async<ExitCode> history(Api& api, const Context& context, const HistoryOptions& options,
                            TimePoint deadline) {
  const auto ref = model::parse_service_ref(options.target, "");
  if (!ref) co_return report(ref.error());
  const std::string path = with_parameter(path_of(*ref) + "/versions", "tenant", ref->tenant);
  if (context.json) {
    ApiRequest request(path);
    co_return print_answer(co_await api.send(std::move(request), deadline));
  }
  const auto versions = co_await api.list<model::Version>(path, deadline);
  if (!versions) co_return report(versions.error());
  const auto service =
      co_await api.get<model::Service>(with_parameter(path_of(*ref), "tenant", ref->tenant), deadline);
  if (!service) co_return report(service.error());
  const auto deployments =
      co_await api.list<model::Deployment>(*with_target("/v1/deployments", options.target), deadline);
  if (!deployments) co_return report(deployments.error());
  std::fputs(table_of(*versions, *service, *deployments).c_str(), stdout);
  co_return ExitCode::kDone;
}

io::Async<ExitCode> diff(Api& api, const Context& context, const HistoryOptions& options,
                         TimePoint deadline) {
  const auto ref = model::parse_service_ref(options.target, "");
  if (!ref) co_return report(ref.error());
  std::string path = with_parameter(path_of(*ref) + "/diff", "tenant", ref->tenant);
  path = with_parameter(std::move(path), "from", std::to_string(options.from));
  path = with_parameter(std::move(path), "to", std::to_string(options.to));
  ApiRequest request(std::move(path));
  const auto answer = co_await api.send(std::move(request), deadline);
  if (context.json || !answer) co_return print_answer(answer);
  const auto lines = diff_lines(*answer);
  if (!lines) co_return report(lines.error());
  for (const std::string& line : *lines) std::printf("%s\n", line.c_str());
  co_return ExitCode::kDone;
}

using HistoryVerb = io::Async<ExitCode> (*)(Api&, const Context&, const HistoryOptions&, TimePoint);

ExitCode start_looking(const Context& context, const HistoryOptions& options, HistoryVerb verb) {
  return run_verb(context, kRequestTimeout,
                  [&](Api& api, TimePoint deadline) { return verb(api, context, options, deadline); });
}

}  // namespace

void add_history(Command& root, const Context& context) {
  auto options = std::make_shared<HistoryOptions>();
  Command& verb = root.verb("history", "the Versions of a Service that are kept");
  verb.argument("SERVICE", options->target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.action([&context, options] { return start_looking(context, *options, &history); });
}

void add_diff(Command& root, const Context& context) {
  auto options = std::make_shared<HistoryOptions>();
  Command& verb = root.verb("diff", "what differs between two Versions of a Service");
  verb.argument("SERVICE", options->target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.argument("A", options->from, "a Version's number");
  verb.argument("B", options->to, "another one's");
  verb.action([&context, options] { return start_looking(context, *options, &diff); });
}

}  // namespace hancock::cli
