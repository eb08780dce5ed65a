#include "cli/command.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

struct Parsed {
  std::string api = "127.0.0.1:7000";
  std::string service;
  int64_t replicas = 0;
  bool detach = false;
  std::vector<std::string> labels;
};

ExitCode parse(Parsed& parsed, std::vector<std::string> words) {
  Command root("hancock", "test");
  root.option("--api", parsed.api, "where");
  Command& scale = root.verb("scale", "change");
  scale.argument("SERVICE", parsed.service, "which");
  scale.argument("N", parsed.replicas, "how many");
  scale.flag("--detach", parsed.detach, "do not wait");
  scale.option("--label", parsed.labels, "k=v");
  scale.action([] { return ExitCode::kDone; });
  Command& node = root.verb("node", "nodes");
  node.verb("ls", "list").action([] { return ExitCode::kTimeout; });
  node.later("drain");
  words.insert(words.begin(), "hancock");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  return root.run(static_cast<int>(argv.size()), argv.data());
}

TEST(Command, takes_common_flags_before_and_behind_the_verb) {
  Parsed parsed;
  EXPECT_EQ(parse(parsed,
                  {"scale", "shop/web", "5", "--detach", "--api", "x:1", "--label", "a=b", "--label", "c=d"}),
            ExitCode::kDone);
  EXPECT_EQ(parsed.api, "x:1");
  EXPECT_EQ(parsed.service, "shop/web");
  EXPECT_EQ(parsed.replicas, 5);
  EXPECT_TRUE(parsed.detach);
  EXPECT_EQ(parsed.labels, (std::vector<std::string>{"a=b", "c=d"}));
}

TEST(Command, gives_the_verbs_exit_code) {
  Parsed parsed;
  EXPECT_EQ(parse(parsed, {"node", "ls"}), ExitCode::kTimeout);
}

TEST(Command, refuses_wrong_lines) {
  Parsed parsed;
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"scale"},
                                                {"scale", "a/b", "x"},
                                                {"scale", "a/b", "1", "--no-such"},
                                                {"nothing"},
                                                {"node"},
                                                {"node", "drain", "n", "--deadline", "3s"}}) {
    EXPECT_EQ(parse(parsed, words), ExitCode::kRefused);
  }
}

TEST(Command, says_what_is_wrong_with_a_line_and_where_to_ask) {
  const auto said = [](const std::vector<std::string>& words) {
    Parsed parsed;
    testing::internal::CaptureStderr();
    parse(parsed, words);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(said({}), "a verb is missing\nhancock --help tells more\n");
  EXPECT_EQ(said({"nothing"}), "nothing: no such verb\nhancock --help tells more\n");
  EXPECT_EQ(said({"node"}), "a verb is missing\nhancock node --help tells more\n");
  EXPECT_EQ(said({"node", "rm"}), "rm: no such verb\nhancock node --help tells more\n");
  EXPECT_EQ(said({"scale", "a/b", "x"}), "N: x: want a whole number\nhancock scale --help tells more\n");
  EXPECT_EQ(said({"scale", "a/b"}), "N is required\nhancock scale --help tells more\n");
}

TEST(Command, lists_what_a_line_may_hold) {
  std::string api = "x:1";
  bool follow = false;
  Command root("hancock", "test");
  root.option("--api", api, "where", Presence::kOptional, "HANCOCK_API");
  root.verb("dev", "try").verb("up", "start").flag("-f,--follow", follow, "go on");
  std::string all;
  for (const CommandEntry& entry : root.entries())
    all += "[" + entry.verb + "|" + entry.name + "|" + entry.default_value + "|" + entry.environment + "]";
  EXPECT_EQ(all, "[|--api|x:1|HANCOCK_API][dev|||][dev up|||][dev up|--follow||][dev up|-f||]");
}

}  // namespace
}  // namespace hancock::cli
