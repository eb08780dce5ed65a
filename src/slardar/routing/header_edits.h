// HeaderEdits: which fields of a message a route or a script sets, removes and adds on its way. `set` takes
// the place of every field of that name, also of those that the gateway would add; `add` stands beside them.
// What may be named is base/field_rules.h. Values only; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hancock::slardar {

struct HeaderEdits {
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::string> remove;
  std::vector<std::pair<std::string, std::string>> add = {};

  bool empty() const { return set.empty() && remove.empty() && add.empty(); }
  /// Fields of that name do not pass as they are.
  bool touches(std::string_view name) const;
  /// Takes back what they say about that name.
  void forget(std::string_view name);
  /// Where both say something about a name, `later` holds.
  void join(const HeaderEdits& later);
  friend bool operator==(const HeaderEdits&, const HeaderEdits&) = default;
};

}  // namespace hancock::slardar
