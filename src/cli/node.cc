// `hancock node ls`, `hancock node show N`.
#include <cstdio>
#include <memory>

#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/enum_names.h"
#include "model/json.h"
#include "model/names.h"
#include "model/units.h"

namespace hancock::cli {
namespace {

struct NodeOptions {
  std::string name;
};

std::string share(uint64_t used, uint64_t capacity, std::string (*format)(uint64_t)) {
  return format(used) + "/" + format(capacity);
}

std::string labels_of(const model::Node& node) {
  std::map<std::string, std::string> sorted(node.labels().begin(), node.labels().end());
  std::string text;
  for (const auto& [key, value] : sorted) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text.empty() ? "-" : text;
}

std::string problems_of(const model::Node& node) {
  std::string text;
  for (const auto& problem : node.problems()) text += (text.empty() ? "" : "; ") + problem;
  return text;
}

std::string table_of(const std::vector<model::Node>& nodes) {
  Table table({"NODE", "SITE", "STATE", "ADDRESS", "TASKS", "CPU", "MEMORY", "LABELS", "PROBLEMS"});
  for (const model::Node& node : nodes) {
    table.add({node.name(), node.site(), name_of(node.state()), node.address(),
               std::to_string(node.used().tasks()),
               share(node.used().cpu_millis(), node.capacity().cpu_millis(), model::format_cpu),
               share(node.used().memory_bytes(), node.capacity().memory_bytes(), model::format_size),
               labels_of(node), problems_of(node)});
  }
  return table.to_string();
}

// One Node when it is named, else all.
io::Async<ExitCode> run(Api& api, const Context& context, std::string name, TimePoint deadline) {
  const std::string path = name.empty() ? "/v1/nodes" : "/v1/nodes/" + name;
  if (context.json) {
    ApiRequest request(path);
    co_return print_answer(co_await api.send(std::move(request), deadline));
  }
  std::vector<model::Node> nodes;
  if (name.empty()) {
    auto all = co_await api.list<model::Node>(path, deadline);
    if (!all) co_return report(all.error());
    nodes = std::move(*all);
  } else {
    auto one = co_await api.get<model::Node>(path, deadline);
    if (!one) co_return report(one.error());
    nodes.push_back(std::move(*one));
  }
  std::fputs(table_of(nodes).c_str(), stdout);
  co_return ExitCode::kDone;
}

ExitCode show(const Context& context, const std::string& name) {
  if (!name.empty() && !model::is_name(name)) {
    return report(
        Error{ErrorCode::kInvalid, fmt::format("{}: a Node's name is {}", name, model::kNameRule), {}});
  }
  return run_verb(context, kRequestTimeout,
                  [&](Api& api, TimePoint deadline) { return run(api, context, name, deadline); });
}

}  // namespace

void add_node(Command& root, const Context& context) {
  auto options = std::make_shared<NodeOptions>();
  Command& group = root.verb("node", "look at and look after Nodes");
  group.verb("ls", "list Nodes").action([&context] { return show(context, ""); });
  Command& one = group.verb("show", "one Node");
  one.argument("N", options->name, "its name");
  one.action([&context, options] { return show(context, options->name); });
  add_node_drain(group, context);
  group.later("label");
}

}  // namespace hancock::cli
