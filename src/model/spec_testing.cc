#include "model/spec_testing.h"

#include <fmt/core.h>

namespace hancock::model {
namespace {

std::string indent(std::string_view body) {
  std::string out = "    ";
  for (const char c : body) {
    out += c;
    if (c == '\n') out += "    ";
  }
  return out + "\n";
}

void expect_complete(const SpecError& error) {
  EXPECT_FALSE(error.message.empty());
  EXPECT_FALSE(error.allowed.empty()) << error.message;
  EXPECT_GT(error.line, 0) << error.message;
  EXPECT_TRUE(error.message.starts_with(error.field)) << error.message;
  const bool unsupported = error.message.find("not supported") != std::string::npos;
  EXPECT_EQ(error.code, unsupported ? "unsupported" : "invalid") << error.message;
}

}  // namespace

std::string web(std::string_view body) { return bare_web("ports: [{name: http, port: 80}]") + indent(body); }

std::string bare_web(std::string_view body) {
  return "app: shop\nservices:\n  web:\n    image: a/b:1\n" + indent(body);
}

std::string whole(std::string_view text) { return std::string(text); }

void expect_refusals(std::string (*make)(std::string_view), const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    const auto spec = load_spec(make(refusal.text));
    if (spec) {
      ADD_FAILURE() << "accepted: " << refusal.text;
      continue;
    }
    std::string said;
    for (const SpecError& error : spec.error()) {
      expect_complete(error);
      said += fmt::format("{}{}: {}", said.empty() ? "" : "\n", error.line, error.message);
    }
    EXPECT_EQ(said, refusal.said) << refusal.text;
  }
}

AppSpec load(std::string_view text) {
  auto spec = load_spec(text);
  if (spec) return *spec;
  for (const SpecError& error : spec.error()) ADD_FAILURE() << error.line << ": " << error.message;
  return {};
}

}  // namespace hancock::model
