#include "cli/show.h"

#include <cstdio>

#include "cli/api.h"
#include "model/names.h"

namespace hancock::cli {
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
