#include "model/spec_schema.h"

#include <fmt/core.h>

namespace hancock::model::spec {

bool is_list(Report& report, const Place& place, std::string_view allowed, size_t items_max) {
  if (!place.written()) return false;
  if (!place.is(YamlNode::Kind::kList)) {
    report.wrong(place, allowed);
    return false;
  }
  if (place.size() > items_max) {
    report.wrong(place, fmt::format("at most {} items", items_max));
    return false;
  }
  return true;
}

}  // namespace hancock::model::spec
