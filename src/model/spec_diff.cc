#include "model/spec_diff.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "model/json.h"

namespace hancock::model {
namespace {

using Tree = nlohmann::json;
using Leaves = std::map<std::string, std::string>;

void gather_leaves(const Tree& value, const std::string& path, Leaves& leaves) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items())
      gather_leaves(child, path.empty() ? key : path + "." + key, leaves);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) gather_leaves(value[i], fmt::format("{}[{}]", path, i), leaves);
  } else {
    leaves.emplace(path, value.dump());
  }
}

Leaves leaves_of(const ServiceSpec& spec) {
  Leaves leaves;
  gather_leaves(Tree::parse(to_json(spec), nullptr, /*allow_exceptions=*/false), {}, leaves);
  return leaves;
}

}  // namespace

std::vector<SpecChange> diff_specs(const ServiceSpec& from, const ServiceSpec& to) {
  std::map<std::string, SpecChange> changes;
  for (auto& [field, value] : leaves_of(from)) changes[field] = {field, value, {}};
  for (auto& [field, value] : leaves_of(to)) {
    SpecChange& change = changes[field];
    change.field = field;
    change.to = value;
  }
  std::vector<SpecChange> result;
  for (auto& [field, change] : changes)
    if (change.from != change.to) result.push_back(std::move(change));
  return result;
}

}  // namespace hancock::model
