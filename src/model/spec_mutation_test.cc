// The loader against texts that nobody would write: it never crashes, and a refusal always says where and
// what.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/spec_loader.h"
#include "model/spec_testing.h"

namespace hancock::model {
namespace {

std::string seed() {
  return web(
      "env: {GREETING: hello}\nroutes:\n  - {hosts: [shop.test], paths: [/, /api], retry: {tries: 2}}\n  - "
      "tcp: 7001\n"
      "probes:\n  ready: {http: {path: /, port: http, statuses: [200-399]}, interval: 500ms}\n"
      "resources: {cpu: 100m, memory: 64Mi}\nplacement: {labels: {disk: [ssd, nvme]}}\n"
      "restart: {policy: never}\ncommand: [\"sh\", \"-c\", \"true\"]");
}

/// One small harm to the text: a byte, a cut, a piece elsewhere, a word of the language.
void harm(std::string& text) {
  const auto size = text.size();
  const auto at = *rc::gen::inRange<size_t>(0, size + 1);
  const auto length = *rc::gen::inRange<size_t>(0, 40);
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      if (at < size) text[at] = static_cast<char>(*rc::gen::arbitrary<char>());
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, text.substr(*rc::gen::inRange<size_t>(0, size + 1), length));
      break;
    case 3:
      text.insert(at, *rc::gen::element<std::string>(":", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&a ",
                                                     "*a", "!!x ", "? ", "|\n", ">\n", "\"", "'", "#", "%",
                                                     "---\n", "<<", "null", "~", "\t", "\\", "@", "`"));
      break;
    default:
      std::swap(text[at % size], text[(at + length) % size]);
  }
}

RC_GTEST_PROP(SpecMutation, a_harmed_spec_is_taken_or_refused_with_reasons, ()) {
  std::string text = seed();
  for (int i = *rc::gen::inRange(1, 8); i > 0 && !text.empty(); --i) harm(text);
  const auto spec = load_spec(text);
  if (spec) return;
  RC_ASSERT(!spec.error().empty());
  RC_ASSERT(spec.error().size() <= kSpecMaxErrors);
  for (const SpecError& error : spec.error()) {
    RC_ASSERT(!error.message.empty());
    RC_ASSERT(!error.allowed.empty());
    RC_ASSERT(error.line >= 0);
  }
}

/// A spec of each value that a key may be given: the loader names the key that was written, nothing else.
RC_GTEST_PROP(SpecMutation, one_wrong_value_is_one_mistake_at_its_key, ()) {
  const auto key =
      *rc::gen::element<std::string>("replicas", "workdir", "resources", "update", "restart", "ports",
                                     "command", "env", "probes", "placement", "disconnect");
  const auto value = *rc::gen::element<std::string>("-5", "x y", "[[]]", "null", "1.5");
  const auto spec = load_spec(bare_web(fmt::format("{}: {}", key, value)));
  if (spec) return;
  for (const SpecError& error : spec.error()) {
    RC_ASSERT(error.field.starts_with("services.web." + key));
    RC_ASSERT(error.line == 5);
  }
}

}  // namespace
}  // namespace hancock::model
