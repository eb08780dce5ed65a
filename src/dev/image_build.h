// Image build: packs a folder as a one-layer OCI image and puts it into an image registry or an archive.
//
// By tar, umoci and skopeo. All files belong to root, setuid bits and times are dropped: the same folder and
// settings give the same digest.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace hancock::dev {

struct ImageSettings {
  std::vector<std::string> entrypoint = {};
  std::vector<std::string> command = {};
  std::vector<std::string> env = {};    // K=V
  std::string user = {};                // uid[:gid] or a name
  std::vector<std::string> ports = {};  // "8080" or "53/udp"
  std::string workdir = "/";
};

/// "NAME:TAG" as `dev image` takes it. Errors: kInvalid, saying what is allowed.
Result<void> check_image_name(const std::string& name_and_tag);
/// Words of a command line: split at spaces, with '…', "…" and \ as in a shell. kInvalid on an open quote.
Result<std::vector<std::string>> split_words(const std::string& text);

/// Packs `folder` and pushes it over plain HTTP as `reference` ("127.0.0.1:5000/shop:1"); `scratch` must
/// exist. Gives the manifest's digest, "sha256:…".
Result<std::string> push_image(const std::filesystem::path& folder, const ImageSettings& settings,
                               const std::string& reference, const std::filesystem::path& scratch);

/// Packs `folder` into an OCI archive that `ctr images import` takes under the name `reference`.
Result<void> archive_image(const std::filesystem::path& folder, const ImageSettings& settings,
                           const std::string& reference, const std::filesystem::path& archive,
                           const std::filesystem::path& scratch);

}  // namespace hancock::dev
