#include "slardar/config/static_upstreams.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/number.h"
#include "slardar/confd/upstream_record.h"

namespace hancock::slardar {

namespace spec = model::spec;

namespace {

using model::YamlNode;
using Json = nlohmann::json;

/// "0.5", but not "inf" or "1e9".
std::optional<double> fraction_of(std::string_view text) {
  if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  return parse_number<double>(text);
}

/// What the text would be as JSON; repeated keys were refused before.
Json as_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return nullptr;
    case YamlNode::Kind::kScalar:
      if (const auto number = parse_number<int64_t>(node.text)) return *number;
      if (const auto number = fraction_of(node.text)) return *number;
      if (node.text == "true" || node.text == "false") return node.text == "true";
      return node.text;
    case YamlNode::Kind::kList: {
      Json list = Json::array();
      for (const YamlNode& item : node.items) list.push_back(as_json(item));
      return list;
    }
    case YamlNode::Kind::kMap: {
      Json map = Json::object();
      for (size_t i = 0; i < node.items.size(); ++i) map[node.keys[i].text] = as_json(node.items[i]);
      return map;
    }
  }
  return nullptr;
}

void refuse_repeated_keys(spec::Report& report, const spec::Place& place) {
  for (const auto& [key, value] : report.entries(place)) refuse_repeated_keys(report, value);
  for (const spec::Place& item : place.items()) refuse_repeated_keys(report, item);
}

/// Where "cluster[0].servers[1].port" stands below `place`, or as near as there is something.
spec::Place at_field(spec::Place place, std::string_view field) {
  while (!field.empty()) {
    if (field.front() == '[') {
      const size_t end = std::min(field.find(']'), field.size());
      const auto index = parse_number<size_t>(field.substr(1, end - 1));
      const auto items = place.items();
      if (!index || *index >= items.size()) return place;
      place = items[*index];
      field.remove_prefix(std::min(end + 1, field.size()));
    } else {
      if (field.front() == '.') field.remove_prefix(1);
      const size_t end = std::min(field.find_first_of(".["), field.size());
      const spec::Place next = place.at(field.substr(0, end));
      if (!next.written()) return place;
      place = next;
      field.remove_prefix(end);
    }
  }
  return place;
}

}  // namespace

void read_upstreams(spec::Report& report, const spec::Place& place, Config& config) {
  if (!place.written()) return;
  if (!place.is(YamlNode::Kind::kMap)) return report.wrong(place, "a map of names and upstreams");
  config.upstreams.clear();
  for (const auto& [name, body] : report.entries(place)) {
    if (!is_upstream_name(name)) report.wrong_key(body, name, "1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.'");
    refuse_repeated_keys(report, body);
    std::string text = as_json(*body.node()).dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto record = decode_upstream(text);
    if (record) {
      config.upstreams.emplace_back(name, std::move(text));
    } else {
      report.refused(at_field(body, record.error().field), record.error().message);
    }
  }
}

}  // namespace hancock::slardar
