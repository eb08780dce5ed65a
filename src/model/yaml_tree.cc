#include "model/yaml_tree.h"

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <utility>

#include "model/spec_place.h"
#include "model/yaml_text.h"

namespace hancock::model {
namespace {

SpecError text_error(int line, std::string message, std::string allowed) {
  SpecError error;
  error.message = std::move(message);
  error.allowed = std::move(allowed);
  error.line = line;
  return error;
}

/// Leaves yaml-cpp from inside its events; caught in parse_yaml.
struct Refused {
  SpecError error;
};

[[noreturn]] void refuse(int line, std::string message, std::string allowed) {
  throw Refused{text_error(line, std::move(message), std::move(allowed))};
}

/// What a node weighs against the limits, with everything below it.
struct Weight {
  size_t nodes = 0;
  size_t bytes = 0;
  size_t height = 0;
};

/// Builds the tree from yaml-cpp's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(size_t bytes_max) : bytes_max_(bytes_max) {}

  bool done() const { return done_; }
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (done_) refuse(mark.line + 1, "a second document starts here", "one document");
  }
  void OnDocumentEnd() override { done_ = true; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(start(YamlNode::Kind::kNull, mark, "", anchor));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (value.find('\0') != std::string::npos) {
      refuse(mark.line + 1, "a zero byte (\\0) in a string", "text without it");
    }
    Open open = start(YamlNode::Kind::kScalar, mark, tag, anchor);
    open.plain = tag == "?";
    open.node.text = value;
    open.weight.bytes = value.size();
    finish(std::move(open));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark.line + 1, "an alias to what it stands in", "no such loop");
    check(found->second, mark.line + 1);
    Open open = found->second;
    open.anchor = 0;
    finish(std::move(open));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    push(start(YamlNode::Kind::kList, mark, tag, anchor));
  }
  void OnSequenceEnd() override { pop(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    push(start(YamlNode::Kind::kMap, mark, tag, anchor));
  }
  void OnMapEnd() override { pop(); }

 private:
  struct Open {
    YamlNode node;
    Weight weight;
    YAML::anchor_t anchor = 0;
    bool plain = false;
  };

  Open start(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Open open;
    open.node.kind = kind;
    open.node.line = mark.line + 1;
    // yaml-cpp's "?" and "!" stand for: no tag, and quoted.
    if (!tag.empty() && tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:str") {
      refuse(mark.line + 1, fmt::format("the tag {}", spec::shorten_for_message(tag)), "no tags");
    }
    open.weight.nodes = 1;
    open.anchor = anchor;
    return open;
  }

  void push(Open open) {
    if (open_.size() >= kYamlMaxDepth) {
      refuse(open.node.line, fmt::format("nested more than {} deep", kYamlMaxDepth), "less nesting");
    }
    open_.push_back(std::move(open));
  }

  void pop() {
    Open open = std::move(open_.back());
    open_.pop_back();
    finish(std::move(open));
  }

  void finish(Open open) {
    check(open, open.node.line);
    if (open.anchor != 0) anchors_[open.anchor] = open;
    if (open_.empty()) {
      root_ = std::move(open.node);
      return;
    }
    Open& parent = open_.back();
    parent.weight.nodes += open.weight.nodes;
    parent.weight.bytes += open.weight.bytes;
    parent.weight.height = std::max(parent.weight.height, open.weight.height + 1);
    if (parent.node.kind == YamlNode::Kind::kMap && parent.node.keys.size() == parent.node.items.size()) {
      const bool scalar = open.node.kind == YamlNode::Kind::kScalar;
      parent.node.keys.push_back({std::move(open.node.text), open.node.line, open.plain, scalar});
      return;
    }
    // An empty value's mark is that of the next token.
    if (open.node.kind == YamlNode::Kind::kNull && !parent.node.keys.empty()) {
      open.node.line = parent.node.keys.back().line;
    }
    parent.node.items.push_back(std::move(open.node));
  }

  /// A parent is weighed with each child, so that an alias cannot grow it past the limits unseen.
  void check(const Open& open, int line) const {
    Weight all = open.weight;
    for (const Open& outer : open_) {
      all.nodes += outer.weight.nodes;
      all.bytes += outer.weight.bytes;
    }
    if (all.nodes > kYamlMaxNodes) {
      refuse(line, fmt::format("more than {} values, aliases written out", kYamlMaxNodes), "fewer values");
    }
    if (all.bytes > bytes_max_) {
      refuse(line, fmt::format("more than {} bytes, aliases written out", bytes_max_), "less text");
    }
    if (open_.size() + open.weight.height > kYamlMaxDepth) {
      refuse(line, fmt::format("nested more than {} deep", kYamlMaxDepth), "less nesting");
    }
  }

  size_t bytes_max_;
  bool done_ = false;
  YamlNode root_;
  std::vector<Open> open_;                  // from the root to where the parser is
  std::map<YAML::anchor_t, Open> anchors_;  // finished ones
};

/// Reads from the caller's bytes without a copy.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

YamlNode parse(std::string text, size_t bytes_max) {
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  TreeBuilder builder(bytes_max);
  while (parser.HandleNextDocument(builder)) {
  }
  if (!builder.done()) refuse(1, "empty", "a spec");
  return builder.take();
}

}  // namespace

tl::expected<YamlNode, SpecError> parse_yaml(std::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) {
    return tl::unexpected(text_error(0, fmt::format("{} bytes: more than {}", text.size(), bytes_max),
                                     fmt::format("at most {} bytes", bytes_max)));
  }
  auto clean = clean_yaml_text(text);
  if (!clean) return tl::unexpected(std::move(clean.error()));
  try {
    return parse(std::move(*clean), bytes_max);
  } catch (const Refused& refused) {
    return tl::unexpected(refused.error);
  } catch (const YAML::Exception& exception) {
    return tl::unexpected(text_error(std::max(exception.mark.line + 1, 0),
                                     fmt::format("not YAML or JSON: {}", exception.msg),
                                     "one document of YAML or JSON"));
  } catch (const std::exception& exception) {
    return tl::unexpected(
        text_error(0, fmt::format("not YAML or JSON: {}", exception.what()), "one document of YAML or JSON"));
  }
}

}  // namespace hancock::model
