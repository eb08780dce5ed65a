// docs/spec.md and deploy/samples are what the loader does: examples load, every key is written about.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "model/spec_parts.h"
#include "model/spec_testing.h"

namespace hancock::model {
namespace {

std::string read(const std::string& path) {
  auto text = read_file(source_folder() / path);
  if (!text) ADD_FAILURE() << text.error().message;
  return text ? *text : "";
}

/// The blocks between "```yaml" and "```".
std::vector<std::string> yaml_blocks(const std::string& markdown) {
  std::vector<std::string> blocks;
  constexpr std::string_view kOpen = "```yaml\n";
  for (size_t at = markdown.find(kOpen); at != std::string::npos; at = markdown.find(kOpen, at)) {
    at += kOpen.size();
    const size_t end = markdown.find("```", at);
    blocks.push_back(markdown.substr(at, end - at));
  }
  return blocks;
}

TEST(SpecDocument, its_examples_load_and_the_first_is_the_sample) {
  const auto blocks = yaml_blocks(read("docs/spec.md"));
  ASSERT_FALSE(blocks.empty());
  for (const std::string& block : blocks) load(block);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(load(blocks.front()),
                                                                 load(read("deploy/samples/shop.yaml"))));
}

TEST(SpecDocument, the_sample_has_an_http_and_a_tcp_entrance) {
  const AppSpec spec = load(read("deploy/samples/shop.yaml"));
  const ServiceSpec& web = spec.services().at("web");
  EXPECT_EQ(web.image(), "127.0.0.1:5000/shop:1");
  EXPECT_EQ(web.replicas(), 3U);
  ASSERT_EQ(web.routes_size(), 2);
  EXPECT_EQ(web.routes(0).hosts(0), "shop.test");
  EXPECT_EQ(web.routes(1).tcp(), 7001U);
}

TEST(SpecDocument, writes_about_every_key) {
  const std::string document = read("docs/spec.md");
  const auto expect_keys = [&](const auto& schema) {
    for (const std::string_view key : schema.names()) {
      EXPECT_NE(document.find(std::string("`") + std::string(key) + "`"), std::string::npos) << key;
    }
  };
  expect_keys(spec::service_schema());
  expect_keys(spec::port_schema());
  expect_keys(spec::route_schema());
  expect_keys(spec::health_schema());
  expect_keys(spec::probes_schema());
  expect_keys(spec::resources_schema());
  expect_keys(spec::placement_schema());
  expect_keys(spec::update_schema());
  expect_keys(spec::restart_schema());
  expect_keys(spec::disconnect_schema());
}

}  // namespace
}  // namespace hancock::model
