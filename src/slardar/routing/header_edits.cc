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

void HeaderEdits::forget(std::string_view name) {
  const auto is_named = [&](const auto& each) { return http::same_name(each.first, name); };
  std::erase_if(set, is_named);
  std::erase_if(add, is_named);
  std::erase_if(remove, [&](const std::string& each) { return http::same_name(each, name); });
}

void HeaderEdits::join(const HeaderEdits& later) {
  for (const auto& [name, value] : later.set) forget(name);
  for (const std::string& name : later.remove) forget(name);
  set.insert(set.end(), later.set.begin(), later.set.end());
  remove.insert(remove.end(), later.remove.begin(), later.remove.end());
  add.insert(add.end(), later.add.begin(), later.add.end());
}

}  // namespace hancock::slardar
