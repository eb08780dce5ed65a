#include "cli/show.h"

#include <cstdio>

#include "cli/api.h"
#include "model/names.h"

namespace hancock::cli {
namespace {

// "TASK_STATE_READY" without "TASK_STATE_", in lower case.
std::string lower_rest(std::string name, size_t prefix) {
  name.erase(0, std::min(prefix, name.size()));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

}  // namespace

std::string state_name(model::TaskState state) {
  return lower_rest(model::TaskState_Name(state), sizeof "TASK_STATE_" - 1);
}

std::string state_name(model::NodeState state) {
  return lower_rest(model::NodeState_Name(state), sizeof "NODE_STATE_" - 1);
}

std::string state_name(model::DeploymentState state) {
  return lower_rest(model::DeploymentState_Name(state), sizeof "DEPLOYMENT_STATE_" - 1);
}

Result<std::string> with_target(std::string path, const std::string& target) {
  if (target.empty()) return path;
  if (target.find('/') == std::string::npos) {
    if (!model::is_name(target)) {
      return fail(ErrorCode::kInvalid, "{}: want APP or APP/SERVICE, names of {}", target, model::kNameRule);
    }
    return with_parameter(std::move(path), "app", target);
  }
  const auto ref = model::parse_service_ref(target, "");
  if (!ref) return tl::unexpected(ref.error());
  path = with_parameter(std::move(path), "tenant", ref->tenant);
  path = with_parameter(std::move(path), "app", ref->app);
  return with_parameter(std::move(path), "service", ref->service);
}

ExitCode print_answer(const Result<std::string>& answer) {
  if (!answer) return report(answer.error());
  std::printf("%s%s", answer->c_str(), answer->ends_with('\n') ? "" : "\n");
  return ExitCode::kDone;
}

}  // namespace hancock::cli
