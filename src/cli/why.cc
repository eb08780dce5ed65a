// `hancock why TASK` or `hancock why APP/SERVICE`: how it stands, and the decisions and facts that led there.
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

std::string reason_of(const model::Event& event) {
  std::string text = event.message();
  if (!event.cause().empty()) text = text.empty() ? event.cause() : event.cause() + ": " + text;
  const auto code = event.figures().find("exit_code");
  if (text.empty() && code != event.figures().end()) text = fmt::format("exit code {}", code->second);
  return text;
}

std::string story_of(const model::Why& why) {
  std::string out = why.subject() + "\n";
  for (const std::string& sentence : why.now()) out += "  " + sentence + "\n";
  if (why.items().empty()) return out;
  Table table({"TIME", "WHAT", "TASK", "NODE", "WHY"});
  for (const model::Event& event : why.items()) {
    table.add({to_rfc3339(model::from_proto(event.time())), event.kind(),
               event.task().empty() ? "-" : event.task(), event.node().empty() ? "-" : event.node(),
               reason_of(event)});
  }
  return out + table.to_string();
}

Result<std::string> why_path(const std::string& target) {
  if (target.find('/') == std::string::npos) return "/v1/tasks/" + target + "/why";
  const auto ref = model::parse_service_ref(target, "");
  if (!ref) return tl::unexpected(ref.error());
  return with_parameter("/v1/services/" + ref->app + "/" + ref->service + "/why", "tenant", ref->tenant);
}

io::Async<ExitCode> explain(Api& api, const Context& context, std::string path, TimePoint deadline) {
  if (context.json) {
    ApiRequest request(path);
    co_return print_answer(co_await api.send(std::move(request), deadline));
  }
  const auto why = co_await api.get<model::Why>(std::move(path), deadline);
  if (!why) co_return report(why.error());
  std::fputs(story_of(*why).c_str(), stdout);
  co_return ExitCode::kDone;
}

ExitCode why(const Context& context, const std::string& target) {
  const auto path = why_path(target);
  if (!path) return report(path.error());
  return run_verb(context, kRequestTimeout,
                  [&](Api& api, TimePoint deadline) { return explain(api, context, *path, deadline); });
}

}  // namespace

void add_why(Command& root, const Context& context) {
  auto target = std::make_shared<std::string>();
  Command& verb = root.verb("why", "how a Task or a Service came to where it stands");
  verb.argument("TARGET", *target, "a Task's id, APP/SERVICE or TENANT/APP/SERVICE");
  verb.action([&context, target] { return why(context, *target); });
}

}  // namespace hancock::cli
