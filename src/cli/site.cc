// `hancock site ls`, `hancock site thaw S`.
#include <cstdio>
#include <memory>

#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/names.h"
#include "model/time.h"

namespace hancock::cli {
namespace {

struct SiteOptions {
  std::string name;
};

std::string state_of(const model::Site& site) {
  if (!site.has_frozen_at()) return "fine";
  return "frozen since " + to_rfc3339(model::from_proto(site.frozen_at()));
}

std::string table_of(const std::vector<model::Site>& sites) {
  Table table({"SITE", "NODES", "SILENT", "STATE", "WHY"});
  for (const model::Site& site : sites) {
    table.add({site.name(), std::to_string(site.nodes()), std::to_string(site.silent_size()), state_of(site),
               site.frozen_because()});
  }
  return table.to_string();
}

io::Async<ExitCode> list(Api& api, const Context& context, TimePoint deadline) {
  if (context.json) {
    ApiRequest request("/v1/sites");
    co_return print_answer(co_await api.send(std::move(request), deadline));
  }
  auto sites = co_await api.list<model::Site>("/v1/sites", deadline);
  if (!sites) co_return report(sites.error());
  std::fputs(table_of(*sites).c_str(), stdout);
  co_return ExitCode::kDone;
}

io::Async<ExitCode> thaw(Api& api, const Context& context, std::string name, TimePoint deadline) {
  ApiRequest request("POST", "/v1/sites/" + name + "/thaw", "{}");
  const auto answer = co_await api.send(std::move(request), deadline);
  if (!answer) co_return report(answer.error());
  if (context.json) co_return print_answer(answer);
  std::printf("what was lost at site %s is replaced\n", name.c_str());
  co_return ExitCode::kDone;
}

ExitCode start_thaw(const Context& context, const std::string& name) {
  if (!model::is_name(name)) {
    return report(
        Error{ErrorCode::kInvalid, fmt::format("{}: a Site's name is {}", name, model::kNameRule), {}});
  }
  return run_verb(context, kWriteTimeout,
                  [&](Api& api, TimePoint deadline) { return thaw(api, context, name, deadline); });
}

}  // namespace

void add_site(Command& root, const Context& context) {
  auto options = std::make_shared<SiteOptions>();
  Command& group = root.verb("site", "look at Sites");
  group.verb("ls", "list Sites, and where lost Tasks are not replaced").action([&context] {
    return run_verb(context, kRequestTimeout,
                    [&](Api& api, TimePoint deadline) { return list(api, context, deadline); });
  });
  Command& one = group.verb("thaw", "replace what was lost at a frozen Site");
  one.argument("SITE", options->name, "its name");
  one.action([&context, options] { return start_thaw(context, options->name); });
}

}  // namespace hancock::cli
