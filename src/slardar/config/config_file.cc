#include "slardar/config/config_file.h"

#include <fmt/format.h>

#include "base/file.h"
#include "slardar/config/config_schema.h"
#include "slardar/config/static_upstreams.h"

namespace hancock::slardar {

namespace spec = model::spec;

namespace {

constexpr size_t kFileBytesMax = 4 << 20;
constexpr size_t kMistakesMax = 50;

template <class Read>
std::vector<std::string> read(std::string_view text, const std::string& name, Read read_top) {
  std::vector<model::SpecError> mistakes;
  if (const auto tree = model::parse_yaml(text, kFileBytesMax)) {
    spec::Report report(kMistakesMax, "the file");
    read_top(report, spec::Place(*tree));
    mistakes = report.take();
  } else {
    mistakes.push_back(tree.error());
  }
  std::vector<std::string> lines;
  for (const model::SpecError& each : mistakes)
    lines.push_back(fmt::format("{}:{}: {}", name, each.line, each.message));
  return lines;
}

using ReadText = std::vector<std::string> (*)(std::string_view, const std::string&, Config&);

std::vector<std::string> read_whole(const std::string& path, ReadText read_text, Config& config) {
  const auto text = read_file(path);
  if (!text) return {fmt::format("{}: {}", path, text.error().message)};
  return read_text(*text, path, config);
}

}  // namespace

std::vector<std::string> read_config(std::string_view text, const std::string& name, Config& config) {
  return read(text, name, [&](spec::Report& report, const spec::Place& top) {
    config_schema().read(report, top, config);
  });
}

std::vector<std::string> read_upstreams_map(std::string_view text, const std::string& name, Config& config) {
  return read(text, name,
              [&](spec::Report& report, const spec::Place& top) { read_upstreams(report, top, config); });
}

std::vector<std::string> read_config_file(const std::string& path, Config& config) {
  return read_whole(path, read_config, config);
}

std::vector<std::string> read_upstreams_file(const std::string& path, Config& config) {
  return read_whole(path, read_upstreams_map, config);
}

}  // namespace hancock::slardar
