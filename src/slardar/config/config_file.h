// The files that slardar is configured by: `--config FILE` and `--upstreams FILE`, YAML or JSON.
//
// A mistake is a line for people: "slardar.yaml:3: drain: soon: must be 0s..365d: …". Blocks on the disk; at
// the start only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slardar/config/config.h"

namespace hancock::slardar {

/// What is written there goes over what stands in `config`. The mistakes; none: all is right.
std::vector<std::string> read_config_file(const std::string& path, Config& config);
/// The same for a map of upstreams.
std::vector<std::string> read_upstreams_file(const std::string& path, Config& config);

/// The same of texts; `name` is what the lines of mistakes begin with.
std::vector<std::string> read_config(std::string_view text, const std::string& name, Config& config);
std::vector<std::string> read_upstreams_map(std::string_view text, const std::string& name, Config& config);

}  // namespace hancock::slardar
