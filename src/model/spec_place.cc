#include "model/spec_place.h"

#include <fmt/core.h>

#include "model/utf8.h"

namespace hancock::model::spec {

std::string shorten_for_message(std::string_view text) {
  constexpr size_t kBytesMax = 60;
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (out.size() + length > kBytesMax) return out + "…";
    const char c = text.front();
    if (c == '\n') {
      out += "\\n";
    } else if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string_view Place::text() const {
  return is(YamlNode::Kind::kScalar) ? std::string_view(node_->text) : std::string_view();
}

std::string Place::describe() const {
  if (node_ == nullptr) return "";
  switch (node_->kind) {
    case YamlNode::Kind::kNull:
      return "null";
    case YamlNode::Kind::kList:
      return node_->items.empty() ? "[]" : "[…]";
    case YamlNode::Kind::kMap:
      return node_->items.empty() ? "{}" : "{…}";
    case YamlNode::Kind::kScalar:
      return node_->text.empty() ? "\"\"" : shorten_for_message(node_->text);
  }
  return "";
}

Place Place::child(std::string_view key, const YamlNode* node, int line) const {
  Place result = *this;
  if (!result.path_.empty()) result.path_ += '.';
  result.path_ += key.empty() ? "\"\"" : shorten_for_message(key);
  result.node_ = node;
  result.line_ = line;
  return result;
}

Place Place::entry(size_t index) const {
  const YamlKey& key = node_->keys[index];
  const YamlNode& value = node_->items[index];
  // A nested map or list begins in a later line: its key's line is the better one to show.
  return child(key.text, &value, value.kind == YamlNode::Kind::kScalar ? value.line : key.line);
}

Place Place::at(std::string_view key) const {
  if (is(YamlNode::Kind::kMap)) {
    for (size_t i = 0; i < node_->keys.size(); ++i) {
      if (node_->keys[i].scalar && node_->keys[i].text == key) return entry(i);
    }
  }
  return child(key, nullptr, line_);
}

std::vector<Place> Place::items() const {
  std::vector<Place> result;
  if (!is(YamlNode::Kind::kList)) return result;
  for (size_t i = 0; i < node_->items.size(); ++i) {
    Place item = *this;
    item.path_ += fmt::format("[{}]", i);
    item.node_ = &node_->items[i];
    item.line_ = item.node_->line;
    result.push_back(std::move(item));
  }
  return result;
}

}  // namespace hancock::model::spec
