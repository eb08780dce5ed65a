#include "slardar/routing/header_edits.h"

#include <algorithm>

#include "http/message_view.h"

namespace hancock::slardar {

bool HeaderEdits::touches(std::string_view name) const {
  return std::any_of(set.begin(), set.end(),
                     [&](const auto& each) { return http::same_name(each.first, name); }) ||
         std::any_of(remove.begin(), remove.end(),
                     [&](const std::string& each) { return http::same_name(each, name); });
}

}  // namespace hancock::slardar
