#include "cli/spec_file.h"

#include <iostream>
#include <iterator>

#include "base/file.h"
#include "cli/mistake.h"
#include "model/spec_loader.h"
#include "model/yaml_tree.h"

namespace hancock::cli {
namespace {

Result<std::string> read_text(const std::string& file) {
  if (file != "-") return read_file(file, model::kSpecMaxBytes);
  std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  if (text.size() > model::kSpecMaxBytes) {
    return fail(ErrorCode::kTooLarge, "stdin is larger than {} bytes", model::kSpecMaxBytes);
  }
  return text;
}

Error all_of(const std::string& name, const std::vector<model::SpecError>& errors) {
  Error all{ErrorCode::kInvalid, {}, {}};
  for (const auto& error : errors) {
    if (!all.message.empty()) all.message += "\n";
    all.message += to_line(Mistake{name, error.line, error.field, error.value, error.message, error.allowed});
  }
  return all;
}

model::YamlNode* member(model::YamlNode* map, std::string_view key) {
  if (map == nullptr) return nullptr;
  for (size_t i = 0; i < map->keys.size(); ++i) {
    if (map->keys[i].text == key) return &map->items[i];
  }
  return nullptr;
}

// The text with services.<service>.image replaced, as JSON: the tree holds what an alias stands for once for
// each place, so that a change of one leaves the others alone. The text was found valid before.
Result<std::string> with_images(const std::string& text, const std::vector<std::string>& set) {
  if (set.empty()) return text;
  auto tree = model::parse_yaml(text, model::kSpecMaxBytes);
  if (!tree) return fail(ErrorCode::kInvalid, "--set: {}", tree.error().message);
  for (const std::string& entry : set) {
    constexpr std::string_view kKey = ".image=";
    const size_t dot = entry.find(kKey);
    if (dot == std::string::npos || dot == 0 || dot + kKey.size() == entry.size()) {
      return fail(ErrorCode::kInvalid, "--set: {}: want SERVICE.image=REF", entry);
    }
    model::YamlNode* image = member(member(member(&*tree, "services"), entry.substr(0, dot)), "image");
    if (image == nullptr) return fail(ErrorCode::kInvalid, "--set: {}: the file has no such service", entry);
    image->text = entry.substr(dot + kKey.size());
  }
  return to_json(*tree);
}

}  // namespace

Result<SpecFile> read_spec(const std::string& file, const std::vector<std::string>& set,
                           const std::string& tenant) {
  auto text = read_text(file);
  if (!text) return forward_error(text);
  const std::string name = file == "-" ? "stdin" : file;
  model::SpecOptions options;
  options.default_tenant = tenant.empty() ? "default" : tenant;
  const auto checked = model::load_spec(*text, options);
  if (!checked) return tl::unexpected(all_of(name, checked.error()));
  auto changed = with_images(*text, set);
  if (!changed) return forward_error(changed);
  const auto spec = model::load_spec(*changed, options);
  if (!spec) return tl::unexpected(all_of("--set", spec.error()));
  return SpecFile{std::move(*changed), spec->app(), spec->tenant()};
}

}  // namespace hancock::cli
