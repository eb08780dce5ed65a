// A YAML or JSON text as a tree with line numbers: what the loader reads specs from.
//
// Made once by parse_yaml, then immutable. Bounded: depth, values and bytes (aliases written out) have
// limits, so a walk over the tree costs what its text could honestly hold. yaml-cpp is seen by yaml_tree.cc
// only. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "model/spec_error.h"

namespace hancock::model {

struct YamlKey {
  std::string text;
  int line = 0;
  bool plain = false;  // written without quotes
  bool scalar = true;  // false: a list or a map stands where a key should
};

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;             // of a scalar, as written
  int line = 0;                 // 1-based
  std::vector<YamlKey> keys;    // of a map: one for each item, in order; repeated ones are all there
  std::vector<YamlNode> items;  // of a list or a map
};

inline constexpr int kYamlMaxDepth = 32;
inline constexpr size_t kYamlMaxNodes = 100'000;

/// Exactly one document in UTF-8, without tags; at most `bytes_max` of text, and of scalars with aliases
/// written out.
tl::expected<YamlNode, SpecError> parse_yaml(std::string_view text, size_t bytes_max);

/// The tree as JSON that gives the same tree again, lines aside: every scalar is a string, for what one means
/// follows from where it stands.
std::string to_json(const YamlNode& node);

}  // namespace hancock::model
