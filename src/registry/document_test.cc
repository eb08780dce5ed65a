// The examples of docs/registry.md are records: fenced blocks "```json Route".
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "registry/records.h"

namespace hancock::registry {
namespace {

std::map<std::string, std::string> examples() {
  std::map<std::string, std::string> found;
  const auto text = read_file(REGISTRY_DOCUMENT);
  if (!text) return found;
  std::istringstream lines(*text);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```json ")) {
      name = line.substr(8);
    } else if (line == "```") {
      name.clear();
    } else if (!name.empty()) {
      found[name] += line + "\n";
    }
  }
  return found;
}

template <class T>
void expect_whole(const std::string& text) {
  const auto record = decode<T>(text);
  ASSERT_TRUE(record) << record.error().field << ": " << record.error().message;
  // Every member that we write stands in the document, and the other way round.
  EXPECT_EQ(nlohmann::json::parse(encode(*record)), nlohmann::json::parse(text));
}

TEST(RegistryDocument, examples_are_what_we_read_and_write) {
  const auto texts = examples();
  ASSERT_EQ(texts.size(), 6U);
  expect_whole<Route>(texts.at("Route"));
  expect_whole<NodeRecord>(texts.at("NodeRecord"));
  expect_whole<Endpoint>(texts.at("Endpoint"));
  expect_whole<Beat>(texts.at("Beat"));
  expect_whole<Barrier>(texts.at("Barrier"));
  expect_whole<GatewayRecord>(texts.at("GatewayRecord"));
}

}  // namespace
}  // namespace hancock::registry
