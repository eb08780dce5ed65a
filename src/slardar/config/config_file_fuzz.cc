// Any bytes as slardar's files: refused with a line for each mistake, or upstreams that can be served.
#include <cstdlib>

#include "slardar/confd/upstream_record.h"
#include "slardar/config/config_file.h"

namespace {

using namespace hancock::slardar;

void check(const std::vector<std::string>& mistakes, const Config& config) {
  for (const std::string& each : mistakes)
    if (!each.starts_with("f:") || each.find('\n') != std::string::npos) std::abort();
  if (!mistakes.empty()) return;
  for (const auto& [name, text] : config.upstreams)
    if (name.empty() || !decode_upstream(text)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Config config;
  check(read_config(text, "f", config), config);
  Config other;
  check(read_upstreams_map(text, "f", other), other);
  return 0;
}
