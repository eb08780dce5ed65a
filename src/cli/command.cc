#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

namespace hancock::cli {
namespace {

// The verb that the command line names, with all words up to it: "hancock dev up".
std::pair<std::string, const CLI::App*> deepest(const CLI::App& root) {
  std::string path = root.get_name();
  const CLI::App* verb = &root;
  while (!verb->get_subcommands().empty()) {
    verb = verb->get_subcommands().front();
    path += " " + verb->get_name();
  }
  return {path, verb};
}

// The flag library's words where they help, else ours.
std::string what_is_wrong(const CLI::ParseError& error, const CLI::App& root, const CLI::App& verb) {
  const std::string text = error.what();
  const bool wants_verb = verb.get_require_subcommand_min() > 0 && verb.get_subcommands().empty();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && wants_verb) {
    const auto unknown = root.remaining(true);
    return unknown.empty() ? "a verb is missing" : unknown.front() + ": no such verb";
  }
  constexpr std::string_view kNoNumber = "Could not convert: ";
  if (const size_t equals = text.find(" = "); text.starts_with(kNoNumber) && equals != std::string::npos) {
    const std::string name = text.substr(kNoNumber.size(), equals - kNoNumber.size());
    return name + ": " + text.substr(equals + 3) + ": want a whole number";
  }
  return text;
}

// Help in our words.
void label(CLI::App& app) {
  CLI::FormatterBase& formatter = *app.get_formatter();
  formatter.label("OPTIONS", "FLAGS");
  formatter.label("SUBCOMMAND", "VERB");
  formatter.label("SUBCOMMANDS", "VERBS");
  formatter.label("Positionals", "Arguments");
  formatter.label("REQUIRED", "(needed)");
  formatter.label("INT", "N");
}

}  // namespace

struct Command::Parsed {
  std::unique_ptr<CLI::App> owned;  // the root's only
  CLI::App* app = nullptr;
  std::optional<ExitCode>* result = nullptr;
  std::optional<ExitCode> root_result;
};

Command::Command(std::string name, std::string help) : parsed_(std::make_unique<Parsed>()) {
  parsed_->owned = std::make_unique<CLI::App>(std::move(help), std::move(name));
  parsed_->app = parsed_->owned.get();
  parsed_->result = &parsed_->root_result;
  parsed_->app->require_subcommand(0, 1);
  label(*parsed_->app);  // the verbs inherit it
}

Command::Command(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}

Command::~Command() = default;

Command& Command::verb(const std::string& name, const std::string& help) {
  parsed_->app->require_subcommand(1);
  auto child = std::make_unique<Parsed>();
  child->app = parsed_->app->add_subcommand(name, help);
  child->app->group("Verbs")->fallthrough();  // the common flags may stand behind the verb
  child->app->footer("And the flags of every verb: hancock --help");
  child->result = parsed_->result;
  verbs_.push_back(std::unique_ptr<Command>(new Command(std::move(child))));
  return *verbs_.back();
}

void Command::version(const std::string& text) {
  parsed_->app->set_version_flag("--version", text, "print the version and end");
}

void Command::later(const std::string& name) {
  Command& known = verb(name, "not supported yet");
  known.parsed_->app->fallthrough(false);
  known.parsed_->app->prefix_command();  // whatever follows is taken
  known.parsed_->app->group("");         // not in --help
  known.action([path = parsed_->app->get_name() + " " + name] {
    std::fprintf(stderr, "%s: not supported yet\n", path.c_str());
    return ExitCode::kRefused;
  });
}

void Command::flag(const std::string& names, bool& value, const std::string& help) {
  parsed_->app->add_flag(names, value, help);
}

void Command::hidden_flag(const std::string& names, bool& value) {
  parsed_->app->add_flag(names, value)->group("");
}

void Command::option(const std::string& names, std::string& value, const std::string& help, Presence presence,
                     const std::string& environment) {
  auto* option = parsed_->app->add_option(names, value, help)->required(presence == Presence::kRequired);
  if (!value.empty()) option->capture_default_str();
  if (!environment.empty()) option->envname(environment);
}

void Command::option(const std::string& names, int64_t& value, const std::string& help, Presence presence) {
  parsed_->app->add_option(names, value, help)
      ->required(presence == Presence::kRequired)
      ->capture_default_str();
}

void Command::option(const std::string& names, std::vector<std::string>& values, const std::string& help,
                     Presence presence) {
  parsed_->app->add_option(names, values, help)
      ->required(presence == Presence::kRequired)
      ->expected(1)
      ->take_all();
}

void Command::argument(const std::string& name, std::string& value, const std::string& help,
                       Presence presence) {
  parsed_->app->add_option(name, value, help)->required(presence == Presence::kRequired)->type_name("");
}

void Command::argument(const std::string& name, int64_t& value, const std::string& help) {
  parsed_->app->add_option(name, value, help)->required()->type_name("");
}

void Command::action(std::function<ExitCode()> run) {
  parsed_->app->callback([result = parsed_->result, run = std::move(run)] {
    if (!*result) *result = run();
  });
}

void Command::append_entries(const std::string& verb, std::vector<CommandEntry>& entries) const {
  const CLI::App& app = *parsed_->app;
  if (!verb.empty()) entries.push_back({verb, "", "", ""});
  for (const CLI::Option* option : app.get_options()) {
    if (option == app.get_help_ptr() || (option->nonpositional() && option->get_group().empty())) continue;
    std::vector<std::string> names;
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
    if (names.empty()) names.push_back(option->get_name(true));
    for (auto& name : names) {
      entries.push_back({verb, std::move(name), option->get_default_str(), option->get_envname()});
    }
  }
  for (const auto& child : verbs_) {
    const CLI::App& below = *child->parsed_->app;
    child->append_entries(verb.empty() ? below.get_name() : verb + " " + below.get_name(), entries);
  }
}

std::vector<CommandEntry> Command::entries() const {
  std::vector<CommandEntry> entries;
  append_entries("", entries);
  return entries;
}

ExitCode Command::run(int argc, char** argv) {
  CLI::App& root = *parsed_->app;
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return static_cast<ExitCode>(root.exit(help));
  } catch (const CLI::ParseError& error) {
    const auto [path, verb] = deepest(root);
    std::fprintf(stderr, "%s\n%s --help tells more\n", what_is_wrong(error, root, *verb).c_str(),
                 path.c_str());
    return ExitCode::kRefused;
  }
  return parsed_->root_result.value_or(ExitCode::kRefused);
}

}  // namespace hancock::cli
