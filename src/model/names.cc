#include "model/names.h"

#include <algorithm>

namespace hancock::model {

bool is_name(std::string_view text) {
  constexpr size_t kNameMax = 40;
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > kNameMax) return false;
  if (!is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  return std::ranges::all_of(text, [&](char c) { return is_alphanumeric(c) || c == '-'; });
}

Result<ServiceRef> parse_service_ref(std::string_view text, std::string_view default_tenant) {
  ServiceRef ref{std::string(default_tenant), {}, {}};
  std::string_view rest = text;
  const bool names_tenant = std::ranges::count(text, '/') == 2;
  if (names_tenant) {
    ref.tenant = text.substr(0, text.find('/'));
    rest.remove_prefix(ref.tenant.size() + 1);
  }
  const size_t slash = rest.find('/');
  if (slash != std::string_view::npos) {
    ref.app = rest.substr(0, slash);
    ref.service = rest.substr(slash + 1);
  }
  const bool tenant_fits = is_name(ref.tenant) || (ref.tenant.empty() && !names_tenant);
  if (!tenant_fits || !is_name(ref.app) || !is_name(ref.service)) {
    return fail(ErrorCode::kInvalid, "'{}' is not app/service or tenant/app/service, each {}", text,
                kNameRule);
  }
  return ref;
}

}  // namespace hancock::model
