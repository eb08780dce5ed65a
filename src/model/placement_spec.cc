#include <algorithm>

#include "model/spec_parts.h"

namespace hancock::model::spec {
namespace {

constexpr size_t kLabelMax = 63;

bool is_label_key(std::string_view text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (text.empty() || text.size() > kLabelMax || !is_alphanumeric(text.front())) return false;
  return std::ranges::all_of(
      text, [&](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '/'; });
}

/// Each label: one value, or a list of those that will do.
void read_labels(Report& report, const Place& place, PlacementSpec& spec) {
  if (!place.written()) return;
  if (!place.is(YamlNode::Kind::kMap) || place.size() > kSpecListMax) {
    return report.wrong(place, "a map of at most 100 labels, like {disk: ssd}");
  }
  const Scalar<std::string> value = text(kLabelMax);
  for (const auto& [key, label] : report.entries(place)) {
    if (!is_label_key(key)) {
      report.wrong_key(label, key, "1 to 63 letters, digits, -, _, . and /, a letter or digit first");
      continue;
    }
    auto& values = *(*spec.mutable_labels())[std::string(key)].mutable_values();
    const bool many = label.is(YamlNode::Kind::kList);
    if (many && label.size() == 0) report.wrong(label, "a value or a list of values");
    for (const Place& item : many ? label.items() : std::vector{label}) {
      if (auto one = value.read(report, item)) *values.Add() = std::move(*one);
    }
  }
}

}  // namespace

const Schema<PlacementSpec>& placement_schema() {
  static const Schema<PlacementSpec> schema({
      list("sites", "a list of sites, like [site-1]", name(), append(&PlacementSpec::mutable_sites)),
      Key<PlacementSpec>{"labels", read_labels},
      defaulted("spread", one_of<Spread>({{"node", SPREAD_NODE}, {"site", SPREAD_SITE}}), "node",
                &PlacementSpec::set_spread),
      optional("max_per_node", whole_number(1, 10'000), &PlacementSpec::set_max_per_node),
  });
  return schema;
}

}  // namespace hancock::model::spec
