// docs/cli.md tells of every verb, flag, argument, default and exit code.
#include <gtest/gtest.h>

#include <set>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "cli/verbs.h"

namespace hancock::cli {
namespace {

std::string document() {
  auto text = read_file(source_folder() / "docs/cli.md");
  if (!text) ADD_FAILURE() << text.error().message;
  return text ? *text : "";
}

/// From the heading that begins with `title` to the next heading.
std::string section(const std::string& document, const std::string& title) {
  const size_t begin = document.find("\n" + title);
  if (begin == std::string::npos) return "";
  return document.substr(begin, document.find("\n#", begin + 1) - begin);
}

/// As a word of its own: "--tail" is not in "--tailor".
bool names(const std::string& text, const std::string& word) {
  const auto is_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; };
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_of_word(text[at - 1])) && (end == text.size() || !is_of_word(text[end]))) return true;
  }
  return false;
}

class VerbsDocument : public testing::Test {
 protected:
  VerbsDocument() : root_("hancock", "test") { add_verbs(root_, context_); }

  Context context_;
  Command root_;
  const std::string document_ = document();
};

TEST_F(VerbsDocument, has_every_verb_with_its_flags_and_defaults) {
  std::set<std::string> groups;  // "dev", "node": verbs that only hold others
  for (const CommandEntry& entry : root_.entries()) {
    if (const size_t blank = entry.verb.find(' '); blank != std::string::npos)
      groups.insert(entry.verb.substr(0, blank));
  }
  for (const CommandEntry& entry : root_.entries()) {
    if (groups.contains(entry.verb)) continue;
    const std::string title = entry.verb.empty() ? "## Flags that every verb takes" : "### `" + entry.verb;
    std::string text = section(document_, title);
    if (text.empty()) text = section(document_, "## Not supported yet");
    EXPECT_TRUE(names(text, entry.name.empty() ? entry.verb : entry.name)) << entry.verb << " " << entry.name;
    EXPECT_NE(text.find(entry.default_value), std::string::npos)
        << entry.verb << " " << entry.name << " defaults to " << entry.default_value;
    EXPECT_NE(text.find(entry.environment), std::string::npos) << entry.environment;
  }
}

TEST_F(VerbsDocument, has_every_exit_code) {
  const std::string text = section(document_, "## Exit codes");
  for (const ExitCode code : {ExitCode::kDone, ExitCode::kFailed, ExitCode::kRefused, ExitCode::kNoMaster,
                              ExitCode::kDenied, ExitCode::kTimeout, ExitCode::kInterrupted}) {
    EXPECT_NE(text.find("| " + std::to_string(static_cast<int>(code)) + " |"), std::string::npos);
  }
}

}  // namespace
}  // namespace hancock::cli
