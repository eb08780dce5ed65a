#include "dev/image_build.h"

#include <fmt/core.h>
#include <stdlib.h>

#include <cerrno>
#include <regex>

#include "base/command.h"
#include "base/file.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEpoch = "1970-01-01T00:00:00Z";

// A folder of its own that goes with its owner.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make(const fs::path& parent) {
    std::string path = parent / "image-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) return tl::unexpected(errno_error(errno, path));
    return ScratchFolder(path);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Result<void> run(std::vector<std::string> argv, const fs::path& scratch) {
  CommandOptions options;
  options.argv = std::move(argv);
  // skopeo keeps a cache of where blobs were seen; registries of clusters come and go under one address.
  options.env = {"_CONTAINERS_ROOTLESS_UID=1", "XDG_DATA_HOME=" + scratch.string()};
  options.timeout = std::chrono::minutes(5);
  auto output = checked_command(options);
  if (!output) return forward_error(output);
  return {};
}

Result<void> write_layer(const fs::path& folder, const fs::path& layer, const fs::path& scratch) {
  return run({"tar", "--create", "--file", layer, "--directory", folder, "--sort=name", "--owner=0",
              "--group=0", "--numeric-owner", "--mtime=@0", "--mode=u-s,g-s", "--format=gnu", "."},
             scratch);
}

std::vector<std::string> config_arguments(const ImageSettings& settings) {
  std::vector<std::string> arguments;
  const auto add = [&](const char* flag, const std::vector<std::string>& values) {
    for (const std::string& value : values) arguments.insert(arguments.end(), {flag, value});
  };
  add("--config.entrypoint", settings.entrypoint);
  add("--config.cmd", settings.command);
  add("--config.env", settings.env);
  if (!settings.user.empty()) add("--config.user", {settings.user});
  for (const std::string& port : settings.ports) {
    add("--config.exposedports", {port.find('/') == std::string::npos ? port + "/tcp" : port});
  }
  add("--config.workingdir", {settings.workdir});
  return arguments;
}

// An OCI layout at `layout` with one image, tagged "image".
Result<void> build_layout(const fs::path& folder, const ImageSettings& settings, const fs::path& layout,
                          const fs::path& scratch) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return fail(ErrorCode::kInvalid, "{}: not a folder", folder.string());
  const fs::path layer = scratch / "layer.tar";
  const std::string image = layout.string() + ":image";
  std::vector<std::string> configure = {"umoci",        "config",    "--image", image,
                                        "--no-history", "--created", kEpoch};
  const auto arguments = config_arguments(settings);
  configure.insert(configure.end(), arguments.begin(), arguments.end());
  if (auto ok = write_layer(folder, layer, scratch); !ok) return ok;
  if (auto ok = run({"umoci", "init", "--layout", layout}, scratch); !ok) return ok;
  if (auto ok = run({"umoci", "new", "--image", image}, scratch); !ok) return ok;
  if (auto ok = run({"umoci", "raw", "add-layer", "--no-history", "--image", image, layer}, scratch); !ok)
    return ok;
  return run(std::move(configure), scratch);
}

}  // namespace

Result<void> check_image_name(const std::string& name_and_tag) {
  static const std::regex pattern("[a-z0-9]+([._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  if (std::regex_match(name_and_tag, pattern)) return {};
  return fail(ErrorCode::kInvalid,
              "NAME:TAG: {}: a name of a-z 0-9 . _ - /, a colon, a tag of A-Z a-z 0-9 . _ -", name_and_tag);
}

Result<std::vector<std::string>> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return fail(ErrorCode::kInvalid, "{}: a quote ({}) is not closed", text, quote);
  if (in_word) words.push_back(std::move(word));
  return words;
}

Result<std::string> push_image(const fs::path& folder, const ImageSettings& settings,
                               const std::string& reference, const fs::path& scratch) {
  auto own = ScratchFolder::make(scratch);
  if (!own) return forward_error(own);
  const fs::path layout = own->path() / "layout";
  const fs::path digest_file = own->path() / "digest";
  if (auto ok = build_layout(folder, settings, layout, own->path()); !ok) return forward_error(ok);
  auto pushed =
      run({"skopeo", "--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false", "--digestfile",
           digest_file, "oci:" + layout.string() + ":image", "docker://" + reference},
          own->path());
  if (!pushed) return forward_error(pushed);
  auto digest = read_file(digest_file);
  if (!digest) return forward_error(digest);
  while (!digest->empty() && digest->back() == '\n') digest->pop_back();
  return digest;
}

Result<void> archive_image(const fs::path& folder, const ImageSettings& settings,
                           const std::string& reference, const fs::path& archive, const fs::path& scratch) {
  auto own = ScratchFolder::make(scratch);
  if (!own) return forward_error(own);
  const fs::path layout = own->path() / "layout";
  if (auto ok = build_layout(folder, settings, layout, own->path()); !ok) return ok;
  return run({"skopeo", "--insecure-policy", "copy", "--quiet", "oci:" + layout.string() + ":image",
              fmt::format("oci-archive:{}:{}", archive.string(), reference)},
             own->path());
}

}  // namespace hancock::dev
