#include "model/json_text.h"
#include "model/yaml_tree.h"

namespace hancock::model {
namespace {

void append(std::string& out, const YamlNode& node) {
  const bool is_map = node.kind == YamlNode::Kind::kMap;
  if (node.kind == YamlNode::Kind::kNull) {
    out += "null";
    return;
  }
  if (node.kind == YamlNode::Kind::kScalar) return append_json_string(out, node.text);
  out += is_map ? '{' : '[';
  for (size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (is_map) {
      append_json_string(out, node.keys[i].text);
      out += ": ";
    }
    append(out, node.items[i]);
  }
  out += is_map ? '}' : ']';
}

}  // namespace

std::string to_json(const YamlNode& node) {
  std::string out;
  append(out, node);
  return out;
}

}  // namespace hancock::model
