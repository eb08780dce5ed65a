// spec::Place: where in a spec something stands, or would stand: node, path and line for messages.
// Borrows the tree. Value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/yaml_tree.h"

namespace hancock::model::spec {

class Place {
 public:
  /// The top of a text.
  explicit Place(const YamlNode& root) : node_(&root), line_(root.line) {}

  bool written() const { return node_ != nullptr; }
  bool is(YamlNode::Kind kind) const { return node_ != nullptr && node_->kind == kind; }
  /// "" unless a scalar is written here.
  std::string_view text() const;

  /// "services.web.ports[0]"; "" at the top.
  const std::string& path() const { return path_; }
  /// Of what is written, else of what it would stand in.
  int line() const { return line_; }
  /// What is written, for messages: shortened, on one line.
  std::string describe() const;

  /// The value of a key; not written if there is none, or if this is no map. The first of repeated ones.
  Place at(std::string_view key) const;
  /// The items of a list; none if this is no list.
  std::vector<Place> items() const;
  /// Of a list's items or a map's keys.
  size_t size() const { return node_ == nullptr ? 0 : node_->items.size(); }
  /// The value of the `index`th key of a map, which must be there.
  Place entry(size_t index) const;

  /// Valid while the tree lives; nullptr: not written.
  const YamlNode* node() const { return node_; }

 private:
  Place child(std::string_view key, const YamlNode* node, int line) const;

  const YamlNode* node_ = nullptr;
  std::string path_;
  int line_ = 0;
};

/// At most 60 bytes of it, without control characters.
std::string shorten_for_message(std::string_view text);

}  // namespace hancock::model::spec
